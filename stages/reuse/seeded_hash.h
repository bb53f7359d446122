// Slots of hash tables that nobody can fill from outside.
//
// Words, lines and names are hashed the same way everywhere and always, so whoever knows the code
// can choose many that would meet in one slot. A number that each process draws anew spreads them.
// Tables may use it whose order shows in no output.
#ifndef COPYDESK_STAGES_REUSE_SEEDED_HASH_H_
#define COPYDESK_STAGES_REUSE_SEEDED_HASH_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace copydesk::reuse {

// Odd, and another one in each process. Thread-safe.
[[nodiscard]] std::uint64_t slot_factor();

// Multiply-shift (Dietzfelbinger et al. 1997): of any two keys the chance is small that the first
// bits are the same, whichever the keys are.
[[nodiscard]] inline std::uint64_t spread_key(std::uint64_t key, std::uint64_t factor) {
  return key * factor;
}

// For std::unordered_map, which takes a hash modulo a prime.
struct SeededHash {
  using is_transparent = void;
  std::size_t operator()(std::uint64_t key) const { return spread_key(key, factor) >> 16; }
  std::size_t operator()(std::string_view name) const;

  std::uint64_t factor = slot_factor();
};

}  // namespace copydesk::reuse

#endif  // COPYDESK_STAGES_REUSE_SEEDED_HASH_H_
