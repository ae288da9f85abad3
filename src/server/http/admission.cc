#include "server/http/admission.h"

#include <fmt/format.h>

#include "base/printable.h"
#include "server/http/media_type.h"
#include "server/observation/log.h"

namespace panelpuls::server {
namespace {

// Of a method that changes nothing (RFC 9110, 9.2.1).
bool IsSafe(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "OPTIONS" || method == "TRACE";
}

std::optional<Problem> CheckNames(const RequestHead& head, const ServedNames& names) {
  std::optional<Authority> asked;
  if (head.authority.has_value()) {
    asked = ParseAuthority(*head.authority);
    if (!asked.has_value()) {
      return Problem{
          400, ProblemType::kBadFraming,
          fmt::format("Host \"{}\" is no name with or without a port", Printable(*head.authority))};
    }
    if (!names.Serves(*asked)) {
      return Problem{421, ProblemType::kMisdirected,
                     fmt::format("\"{}\" is not served here; its operator names what is "
                                 "(panelpuls serve --host NAME)",
                                 Printable(*head.authority))};
    }
  }
  if (head.origin.has_value() && !IsSafe(head.method) && !names.MayChange(*head.origin, asked)) {
    return Problem{403, ProblemType::kForeignOrigin,
                   fmt::format("a page of \"{}\" may not send anything here; its operator allows "
                               "it by name (panelpuls serve --host NAME)",
                               Printable(*head.origin))};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Response> Refusal(const RequestHead& head, const Route& route,
                                const Admission& admission) {
  if (const auto problem = CheckNames(head, admission.names)) {
    WarnSeldom("http request of another name refused", problem->detail);
    return ToResponse(*problem);
  }
  if (route.resource == Resource::kNone) {
    return ToResponse({404, ProblemType::kNotFound, "there is nothing at this path"});
  }
  if (route.wave.has_value() && *route.wave != admission.wave) {
    return ToResponse({404, ProblemType::kUnknownWave,
                       fmt::format("wave \"{}\" is not open here; \"{}\" is",
                                   Printable(*route.wave, kMostQuotedOfSender), admission.wave)});
  }
  if (!IsAllowed(route.resource, head.method)) {
    Response response =
        ToResponse({405, ProblemType::kMethod,
                    fmt::format("this path takes {}", AllowedMethods(route.resource))});
    response.fields.emplace_back("Allow", AllowedMethods(route.resource));
    return response;
  }
  const Role role = admission.access.RoleOf(BearerToken(head.authorization));
  if (IsWrite(route.resource) ? !MayWrite(role) : !MayRead(role)) {
    return ToResponse({403, ProblemType::kNotAllowed, "the token does not allow this"});
  }
  return std::nullopt;
}

}  // namespace panelpuls::server
