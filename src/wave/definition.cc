#include "wave/definition.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <openssl/evp.h>

#include "wave/compile.h"
#include "wave/definition_source.h"
#include "wave/population.h"

namespace panelpuls::wave {
namespace {

std::string Serialize(const v1::WaveDefinition& definition) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  {
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    PP_CHECK(definition.SerializeToCodedStream(&coded));
  }
  return bytes;
}

std::uint64_t IdOf(std::string_view canonical) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  PP_CHECK(EVP_Digest(canonical.data(), canonical.size(), digest, nullptr, EVP_sha256(), nullptr) ==
           1);
  std::uint64_t id = 0;
  for (int i = 0; i < 8; ++i) id = id << 8 | digest[i];
  return id;
}

// Validates, brings into canonical form and compiles.
absl::StatusOr<std::shared_ptr<Wave>> Compile(DefinitionSource& source) {
  FillMarginsFromJoint(source.definition);
  PP_RETURN_IF_ERROR(ValidateDefinition(source));
  FillDefaults(source.definition);
  PP_ASSIGN_OR_RETURN(std::shared_ptr<Wave> wave, CompileCanonical(source));
  wave->canonical = Serialize(source.definition);
  wave->definition_id = IdOf(wave->canonical);
  return wave;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Wave>> LoadWave(FileSystem& files, const std::string& path,
                                                     const LoadOptions& options) {
  PP_ASSIGN_OR_RETURN(const std::string text, ReadWholeFile(files, path));
  DefinitionSource source;
  source.name = path;
  PP_RETURN_IF_ERROR(ParseDefinition(text, source));
  // Codes are looked at first: totals are found by them.
  PP_RETURN_IF_ERROR(ValidateStrings(source));
  if (!options.takes_unseen_characters) PP_RETURN_IF_ERROR(ValidateCharacters(source));
  PP_RETURN_IF_ERROR(ValidateZoneName(source));
  PP_RETURN_IF_ERROR(ValidateDimensions(source));
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "" : path.substr(0, slash);
  PP_RETURN_IF_ERROR(InlinePopulation(files, folder, options, source));
  PP_ASSIGN_OR_RETURN(std::shared_ptr<Wave> wave, Compile(source));
  if (wave->has_frame) wave->frame_file = ResolvePath(folder, wave->frame_file);
  wave->source_text = text;
  return wave;
}

absl::StatusOr<std::shared_ptr<const Wave>> CompileWave(const v1::WaveDefinition& definition,
                                                        std::string_view name) {
  DefinitionSource source;
  source.name = name;
  source.definition = definition;
  PP_ASSIGN_OR_RETURN(std::shared_ptr<Wave> wave, Compile(source));
  return wave;
}

absl::StatusOr<std::shared_ptr<const Wave>> WaveFromCanonical(std::string_view canonical,
                                                              std::string_view name) {
  DefinitionSource source;
  source.name = name;
  if (!source.definition.ParseFromArray(canonical.data(), static_cast<int>(canonical.size()))) {
    return DataLoss("{}: the journaled wave definition cannot be read; restore the directory",
                    name);
  }
  PP_ASSIGN_OR_RETURN(std::shared_ptr<Wave> wave, Compile(source));
  // What was journaled stays what it is, also where this build would write it otherwise.
  wave->canonical = canonical;
  wave->definition_id = IdOf(canonical);
  return wave;
}

std::string DefinitionText(const Wave& wave) {
  if (!wave.source_text.empty()) return wave.source_text;
  v1::WaveDefinition definition;
  PP_CHECK(definition.ParseFromString(wave.canonical));
  google::protobuf::TextFormat::Printer printer;
  printer.SetUseUtf8StringEscaping(true);
  std::string text;
  PP_CHECK(printer.PrintToString(definition, &text));
  return text;
}

}  // namespace panelpuls::wave
