#!/usr/bin/env python3
"""What rounded caches do to the default model's predictions, in PyTorch.

  python3 make_precision.py PATH.gguf DRIFT.json OUT.json      (needs: torch transformers gguf, and policy_lab.py of the reference on PYTHONPATH)

The first prompt of DRIFT.json, continued by all continuations there, compressed once or not at all; then everything older than the window of 16 is rounded: keys per channel in groups
of 64 slots, values per token in groups of 64 channels, to 2^bits levels between the smallest and the largest number. 64 tokens later the next 64 slots are.
"""
import json, sys
import torch
import policy_lab as lab

WINDOW, GROUP = 16, 64


def rounded(x, bits, dim):
    """Each line along `dim`, in groups."""
    parts = []
    for part in x.split(GROUP, dim):
        low, high = part.amin(dim, keepdim=True), part.amax(dim, keepdim=True); step = (high - low) / (2 ** bits - 1)
        parts.append(torch.where(step > 0, low + step * torch.round((part - low) / step.clamp(min=1e-30)), part))
    return torch.cat(parts, dim)


def settle(x, start, end, bits, dim):
    return torch.cat([x[:start], rounded(x[start:end], bits, dim), x[end:]]) if end > start else x


def answer(m, case, policy, budget, bits):
    N = len(case["ids"]); caches = [policy(s, N, budget, l, m.layers) for l, s in enumerate(case["st"])]; out, done = [case["last"][None]], {}
    for at in range(0, len(case["next"]) - 1, GROUP):
        for l, (K, V, Z) in enumerate(caches):
            for g in range(m.G):
                end = len(K[g]) - WINDOW; start = done.get((l, g), 0); end = start + (end - start) // GROUP * GROUP if at else end
                K[g], V[g] = settle(K[g], start, end, bits, 0), settle(V[g], start, end, bits, 1); done[l, g] = end
        def seen(l, a, k, v):
            K, V, Z = caches[l]; caches[l] = ([torch.cat([K[g], k[g]]) for g in range(m.G)], [torch.cat([V[g], v[g]]) for g in range(m.G)], [torch.cat([Z[g], torch.zeros(k.shape[1])]) for g in range(m.G)])
        out.append(m.forward(case["next"][:-1][at:at + GROUP], N + at, list(caches), seen))
    return torch.cat(out).log_softmax(-1)


torch.set_num_threads(2); torch.set_grad_enabled(False); m = lab.Model(sys.argv[1]); cases = []
drift = json.load(open(sys.argv[2]))["cases"]; long = "".join(c["continuation"] for c in drift)
for c in drift[:1]:
    ids, nxt = m.encode(c["prompt"]), m.encode(long); st, last = lab.prefill(m, ids); case = dict(ids=ids, next=nxt, st=st, last=last)
    full = lab.answer(m, case, lab.full, 0); w = torch.tensor(nxt); rows = []
    for name, budget in (("full", 0), ("ems", 96), ("snapkv", 192)):
        for bits in (8, 4, 2):
            lg = answer(m, case, lab.POLICIES[name] if name != "full" else lab.full, budget, bits)
            rows.append(dict(policy=name, budget=budget, precision=f"int{bits}", nll=-float(lg.gather(1, w[:, None]).mean()), kl=float((full.exp() * (full - lg)).sum(-1).mean()))); print(rows[-1], flush=True)
    cases.append(dict(prompt=c["prompt"], continuation=long, tokens=len(nxt), fullNll=-float(full.gather(1, w[:, None]).mean()), rows=rows))
json.dump(dict(window=WINDOW, group=GROUP, cases=cases), open(sys.argv[3], "w"), indent=1)
