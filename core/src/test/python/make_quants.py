#!/usr/bin/env python3
"""Random blocks of every GGUF type, and what the package gguf makes of them: python3 make_quants.py ../resources/org/emslens/tiny (needs: gguf)."""
import base64, json, sys
import gguf, numpy as np

out = sys.argv[1]
r, quants = np.random.default_rng(4), {}
for name in "F32 F16 BF16 Q8_0 Q4_0 Q4_1 Q5_0 Q5_1 Q4_K Q5_K Q6_K Q2_K Q3_K IQ4_NL MXFP4".split():
    t = gguf.GGMLQuantizationType[name]; block, size = gguf.GGML_QUANT_SIZES[t]; n = 512; b = r.integers(0, 256, (n // block, size), dtype=np.uint8)
    half = lambda lo, hi, k: r.uniform(lo, hi, k).astype(np.float16).view(np.uint8).reshape(k, 2)
    if name == "F32": b = r.standard_normal(n).astype(np.float32).view(np.uint8)
    elif name == "F16": b = r.standard_normal(n).astype(np.float16).view(np.uint8)
    elif name == "BF16": b = (r.standard_normal(n).astype(np.float32).view(np.uint32) >> 16).astype(np.uint16).view(np.uint8)
    else:  # scales that are numbers
        for at in {"Q6_K": [208], "Q8_0": [0], "Q4_0": [0], "Q5_0": [0], "Q2_K": [80, 82], "Q3_K": [108], "IQ4_NL": [0], "MXFP4": []}.get(name, [0, 2]): b[:, at:at + 2] = half(-0.1, 0.1, len(b))
    if name == "MXFP4": b[:, 0] = r.integers(118, 128, len(b))  # exponents that weights have
    b = b.reshape(1, -1); v = gguf.dequantize(b, t).astype("<f4").ravel(); quants[name] = dict(raw=base64.b64encode(b.tobytes()).decode(), values=base64.b64encode(v.tobytes()).decode())
json.dump(quants, open(f"{out}/quants.json", "w"))
