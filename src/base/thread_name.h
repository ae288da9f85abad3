// Names of threads, so that ps, top and a debugger tell them apart.
// Threads  any.
#pragma once

#include <string>

namespace panelpuls {

// Names the calling thread; what is beyond 15 bytes is cut.
void NameThisThread(const std::string& name);

}  // namespace panelpuls
