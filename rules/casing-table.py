#!/usr/bin/env python3
"""Writes casing-table.h: what each character of the Basic Multilingual Plane becomes in lower and in
upper case, after Unicode's UnicodeData.txt and the unconditional part of SpecialCasing.txt.

Usage: casing-table.py > casing-table.h
"""

import unicodedata

PLANE = [c for c in range(0x10000) if not 0xD800 <= c <= 0xDFFF]


def ranges(convert):
    """Runs of characters at a distance of 1 or 2 that move by the same amount."""
    moves = []
    for code in PLANE:
        to = convert(chr(code))
        if len(to) == 1 and ord(to) != code:
            moves.append((code, ord(to) - code))
    runs = []
    for code, delta in moves:
        if runs:
            first, last, stride, run_delta = runs[-1]
            step = code - last
            if delta == run_delta and step in (1, 2) and stride in (0, step):
                runs[-1] = (first, code, step, delta)
                continue
        runs.append((code, code, 0, delta))
    return [(first, last, stride or 1, delta) for first, last, stride, delta in runs]


def specials(convert):
    for code in PLANE:
        to = convert(chr(code))
        if len(to) > 1:
            yield code, [ord(c) for c in to] + [0] * (3 - len(to))


def write(name, convert):
    print(f"static const CasingRange {name}_ranges[] = {{")
    for run in ranges(convert):
        print("  { 0x%04X, 0x%04X, %d, %d }," % run)
    print("};\n")
    print(f"static const CasingSpecial {name}_specials[] = {{")
    for code, to in specials(convert):
        print("  { 0x%04X, { 0x%04X, 0x%04X, 0x%04X } }," % (code, *to))
    print("};")


print(f"/* Written by casing-table.py from Unicode {unicodedata.unidata_version}; do not edit. */\n")
write("lower", str.lower)
print()
write("upper", str.upper)
