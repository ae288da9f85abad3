#include "base/thread_name.h"

#include <pthread.h>

namespace panelpuls {

void NameThisThread(const std::string& name) {
  constexpr std::size_t kLongest = 15;  // the kernel keeps 16 bytes, with the zero behind them
  ::pthread_setname_np(::pthread_self(), name.substr(0, kLongest).c_str());
}

}  // namespace panelpuls
