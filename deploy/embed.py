# SPDX-License-Identifier: Apache-2.0
"""embed.py NAME FILE OUT: writes FILE as the C array NAME_text with NAME_len, NUL-terminated."""
import sys

name, source, out = sys.argv[1:]
data = open(source, "rb").read()
rows = [", ".join(str(b) for b in data[i:i + 24]) for i in range(0, len(data), 24)]
with open(out, "w") as c:
    c.write(f"#include <stddef.h>\nextern const char {name}_text[];\nextern const size_t {name}_len;\n")
    c.write(f"const char {name}_text[] = {{" + ",\n    ".join(rows + ["0"]) + f"}};\nconst size_t {name}_len = {len(data)};\n")
