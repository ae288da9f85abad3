#!/usr/bin/env python3
"""The first numbers of stream 2 of seed 1, as random_test.cc expects them: xoshiro256** over splitmix64."""
MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15


def mix(value):
    value = (value + GOLDEN) & MASK
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & MASK
    return value ^ (value >> 31)


def rotl(value, bits):
    return ((value << bits) | (value >> (64 - bits))) & MASK


state = mix(1) ^ mix(~2 & MASK)
words = []
for _ in range(4):
    state = (state + GOLDEN) & MASK
    words.append(mix(state))
for _ in range(4):
    print(f"0x{(rotl(words[1] * 5 & MASK, 7) * 9) & MASK:016x}")
    shifted = (words[1] << 17) & MASK
    words[2] ^= words[0]
    words[3] ^= words[1]
    words[1] ^= words[2]
    words[0] ^= words[3]
    words[2] ^= shifted
    words[3] = rotl(words[3], 45)
