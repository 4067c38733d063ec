#!/usr/bin/env python3
"""A tiny random model of every family, as a Hugging Face folder and as GGUF, with what transformers computes from it.

  python3 make_families.py ../resources/org/emslens/families      (needs: torch transformers gguf)

NAME/  config.json and model.safetensors in float16; NAME.gguf  the same weights under that family's names, where GGUF has it;
qwen2-0000N-of-0000M.gguf  one of them in several files;
tokenizer/  the one that all share; expected.json  ids, all logits of some positions and some of all, the attention of one layer, and greedy continuations
without and with a cache, whose keys stay as they were turned and whose next ones are turned like them. Made with transformers 5.24.
40 ids, so that windows of 16 are left behind.
"""
import json, os, shutil, sys
import gguf, numpy as np, torch, transformers
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast

torch.set_grad_enabled(False)
out = sys.argv[1]; shutil.rmtree(out, ignore_errors=True); os.makedirs(out)
TEXT = "The keeper lit the lamp and counted the boats. Two boats came home before the storm; the third one came at dawn. "
raw = Tokenizer(models.BPE()); raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False); raw.decoder = decoders.ByteLevel()
raw.train_from_iterator([TEXT * 3], trainers.BpeTrainer(vocab_size=320, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), special_tokens=["<|start|>", "<|end|>"]))
tok = PreTrainedTokenizerFast(tokenizer_object=raw, bos_token="<|start|>", eos_token="<|end|>"); tok.save_pretrained(f"{out}/tokenizer")
V, ids = len(tok), tok.encode(TEXT * 3)[:40]
SMALL = dict(vocab_size=V, hidden_size=32, intermediate_size=48, num_hidden_layers=3, num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=512, rms_norm_eps=1e-5, bos_token_id=0, eos_token_id=1, pad_token_id=1, tie_word_embeddings=True)
TWO = {**SMALL, "num_hidden_layers": 2}
rope = lambda kind, **more: dict(rope_parameters=dict(rope_type=kind, rope_theta=10000.0, **more))
G = gguf.MODEL_ARCH


def permuted(x, heads):
    """Rows of queries or keys as llama.cpp's families of the kind "normal" want them: neighbours turn together."""
    return x.reshape(heads, 2, x.shape[0] // heads // 2, *x.shape[1:]).swapaxes(1, 2).reshape(x.shape)


class Writer:
    """One GGUF file; `arch` says under which names."""

    def __init__(self, name, arch, c, layers, **several):
        self.w = w = gguf.GGUFWriter(f"{out}/{name}.gguf", gguf.MODEL_ARCH_NAMES[arch], **several); self.map = gguf.get_tensor_name_map(arch, layers)
        w.add_name(name); w.add_block_count(layers); w.add_vocab_size(V)
        vocab = sorted(tok.get_vocab().items(), key=lambda e: e[1]); merges = json.loads(tok.backend_tokenizer.to_str())["model"]["merges"]
        w.add_tokenizer_model("gpt2"); w.add_tokenizer_pre("gpt-2"); w.add_token_list([t for t, _ in vocab]); w.add_token_types([3 if i < 2 else 1 for _, i in vocab]); w.add_token_merges([" ".join(m) for m in merges]); w.add_bos_token_id(0); w.add_eos_token_id(1); w.add_add_bos_token(False)

    def tensor(self, name, x):
        base, _, kind = name.rpartition("."); new = self.map.get_name(name, try_suffixes=(".weight", ".bias"))
        assert new, name
        self.w.add_tensor(new, np.ascontiguousarray(x.astype(np.float16 if x.ndim > 1 else np.float32)))

    def close(self):
        self.w.write_header_to_file(); self.w.write_kv_data_to_file(); self.w.write_tensors_to_file(); self.w.close()


def make(name, config, arch=None, keys=None, change=None, layer=1, drop=None, split=None, auto=AutoModelForCausalLM):
    """Saves a random model and notes what it computes. keys(writer): the family's metadata; change(name, array) -> (name, array) pairs for GGUF."""
    torch.manual_seed(sum(map(ord, name))); m = auto.from_config(config, attn_implementation="eager").eval()
    for n, p in m.named_parameters():
        if "embed" in n or "wte" in n: p.mul_(0.5 if "gemma" in name else 2)  # not so large that each token predicts itself
        elif p.dim() > 1: p.mul_(8)  # sharper attention than a fresh model's
        else: p.add_(torch.randn_like(p) * 0.1)  # norms and biases that matter
    m = m.to(torch.float16); m.generation_config = transformers.GenerationConfig(bos_token_id=0, eos_token_id=1, pad_token_id=1); m.save_pretrained(f"{out}/{name}")
    for extra in os.listdir(f"{out}/{name}"):
        if extra not in ("config.json", "model.safetensors"): os.remove(f"{out}/{name}/{extra}")
    if drop: sparse(f"{out}/{name}/config.json", drop)
    m = auto.from_pretrained(f"{out}/{name}", dtype=torch.float32, attn_implementation="eager").eval(); at = [9, 29, 39]
    x = torch.tensor([ids]); o = m(x, output_attentions=True); again = list(ids)
    for _ in range(12): again.append(int(m(torch.tensor([again])).logits[0, -1].argmax()))
    kept = m(x, use_cache=True); cache, cached = kept.past_key_values, [int(kept.logits[0, -1].argmax())]
    for r in m.modules():
        if getattr(r, "rope_type", None) == "dynamic": r.rope_type = "default"  # the prompt's base from here on
    while len(cached) < 12: cached.append(int(m(torch.tensor([cached[-1:]]), past_key_values=cache, use_cache=True).logits[0, -1].argmax()))
    short = lambda t: [float(f"{v:.7g}") for v in t.flatten().tolist()]
    expected["models"][name] = dict(at=at, logits=short(o.logits[0, at]), some=short(o.logits[0, :, ::20]), layer=layer, attention=short(o.attentions[layer][0][:, [0, 19, 39]]), continuation=again[len(ids):], cached=cached, gguf=arch is not None)
    if arch is not None:
        from safetensors.numpy import load_file
        for several in ({}, dict(split_max_tensors=split)) if split else ({},):
            c = m.config; w = Writer(name, arch, c, c.num_hidden_layers, **several); keys(w.w, c)
            for n, v in load_file(f"{out}/{name}/model.safetensors").items():
                for n2, v2 in (change(n, v.astype(np.float32), c) if change else [(n, v.astype(np.float32))]): w.tensor(n2, v2)
            w.close()
    size = sum(os.path.getsize(f"{out}/{name}/{f}") for f in os.listdir(f"{out}/{name}")); print(name, size, os.path.getsize(f"{out}/{name}.gguf") if arch is not None else "", expected["models"][name]["continuation"][:6], flush=True)


def sparse(file, defaults):
    """As models that see are published: `text_config` leaves out what the class presumes."""
    c = json.load(open(file)); usual = defaults().to_dict()
    c["text_config"] = {k: v for k, v in c["text_config"].items() if k == "model_type" or usual.get(k, None) != v}
    json.dump(c, open(file, "w"), indent=2)


def usual(w, c):
    w.add_context_length(c.max_position_embeddings); w.add_embedding_length(c.hidden_size); w.add_feed_forward_length(c.intermediate_size); w.add_head_count(c.num_attention_heads); w.add_head_count_kv(c.num_key_value_heads); w.add_layer_norm_rms_eps(c.rms_norm_eps)
    d = getattr(c, "head_dim", None) or c.hidden_size // c.num_attention_heads; w.add_key_length(d); w.add_value_length(d); w.add_rope_dimension_count(d)
    p = c.rope_parameters; w.add_rope_freq_base(p.get("rope_theta") or p["full_attention"]["rope_theta"])


def neighbours(n, v, c):
    if "q_proj" in n: v = permuted(v, c.num_attention_heads)
    if "k_proj" in n: v = permuted(v, c.num_key_value_heads)
    return [(n, v)]


def more(*steps):
    def keys(w, c):
        usual(w, c)
        for s in steps: s(w, c)
    return keys


T = transformers; expected = dict(text=TEXT * 3, ids=ids, models={})
make("llama", T.LlamaConfig(**{**SMALL, "num_key_value_heads": 4, "tie_word_embeddings": False}, **rope("default")), G.LLAMA, usual, neighbours)
make("llama-linear", T.LlamaConfig(**TWO, **rope("linear", factor=4.0)), G.LLAMA, more(lambda w, c: (w.add_rope_scaling_type(gguf.RopeScalingType.LINEAR), w.add_rope_scaling_factor(4.0))), neighbours)
make("llama-dynamic", T.LlamaConfig(**{**TWO, "max_position_embeddings": 24}, **rope("dynamic", factor=2.0)))
def slower(w, c, factor=8.0, low=1.0, high=4.0, original=64):
    """llama.cpp's files have what each of Llama 3's frequencies is divided by."""
    turns = original / (2 * np.pi) * 10000.0 ** -(np.arange(0, c.head_dim, 2) / c.head_dim); smooth = np.clip((turns - low) / (high - low), 0, 1)
    w.add_tensor("rope_freqs.weight", (1 / ((1 - smooth) / factor + smooth)).astype(np.float32))


make("llama3", T.LlamaConfig(**TWO, **rope("llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=64)), G.LLAMA, more(slower), neighbours)
make("llama-yarn", T.LlamaConfig(**TWO, **rope("yarn", factor=4.0, original_max_position_embeddings=128)), G.LLAMA, more(lambda w, c: (w.add_rope_scaling_type(gguf.RopeScalingType.YARN), w.add_rope_scaling_factor(4.0), w.add_rope_scaling_orig_ctx_len(128))), neighbours)
make("mistral", T.MistralConfig(**SMALL, sliding_window=16, head_dim=12, **rope("default")), G.LLAMA, more(lambda w, c: w.add_sliding_window(16)), neighbours)
make("qwen2", T.Qwen2Config(**SMALL, **rope("default")), G.QWEN2, usual, split=16)
make("qwen2-window", T.Qwen2Config(**SMALL, use_sliding_window=True, sliding_window=16, max_window_layers=1, **rope("default")))
make("qwen3", T.Qwen3Config(**SMALL, head_dim=12, **rope("default")), G.QWEN3, usual)
make("olmo2", T.Olmo2Config(**SMALL, **rope("default")), G.OLMO2, usual)


def experts(n, v, c):
    """One tensor per projection for all experts; called for each, written with the last."""
    import re
    found = re.fullmatch(r"model\.layers\.(\d+)\.(?:mlp|block_sparse_moe)\.experts\.(\d+)\.(\w+)\.weight", n)
    if not found: return neighbours(n, v, c) if c.model_type == "mixtral" else [(n, v)]
    l, e, part = found.groups(); part = dict(w1="gate_proj", w2="down_proj", w3="up_proj").get(part, part); held.setdefault((l, part), {})[int(e)] = v
    if len(held[l, part]) < 4: return []
    return [(f"model.layers.{l}.mlp.experts.{part}.weight", np.stack([x for _, x in sorted(held.pop((l, part)).items())]))]


def plus_one(n, v, c):
    return [(n, v + 1 if "norm" in n else v)]


held = {}
moe = lambda w, c: (w.add_expert_count(4), w.add_expert_used_count(2))
make("mixtral", T.MixtralConfig(**TWO, num_local_experts=4, num_experts_per_tok=2, sliding_window=None, **rope("default")), G.LLAMA, more(moe), experts)
make("qwen3moe", T.Qwen3MoeConfig(**TWO, head_dim=12, num_experts=4, num_experts_per_tok=2, moe_intermediate_size=24, norm_topk_prob=True, **rope("default")), G.QWEN3MOE, more(moe, lambda w, c: w.add_expert_feed_forward_length(24)), experts)
GEMMA = dict(head_dim=12, hidden_activation="gelu_pytorch_tanh", query_pre_attn_scalar=12, sliding_window=16)
make("gemma2", T.Gemma2Config(**SMALL, **GEMMA, attn_logit_softcapping=50.0, final_logit_softcapping=30.0, **rope("default")), G.GEMMA2, more(lambda w, c: (w.add_attn_logit_softcapping(50.0), w.add_final_logit_softcapping(30.0), w.add_sliding_window(16))), plus_one, layer=0)
make("gemma2-scaled", T.Gemma2Config(**TWO, **{**GEMMA, "query_pre_attn_scalar": 20}, attn_logit_softcapping=2.0, final_logit_softcapping=None, **rope("default")))
make("gemma3", T.Gemma3TextConfig(**SMALL, **GEMMA, layer_types=["sliding_attention", "sliding_attention", "full_attention"], rope_parameters=dict(full_attention=dict(rope_type="linear", rope_theta=1e6, factor=8.0), sliding_attention=dict(rope_type="default", rope_theta=10000.0))), G.GEMMA3, more(lambda w, c: (w.add_sliding_window(16), w.add_sliding_window_pattern([True, True, False]), w.add_rope_scaling_type(gguf.RopeScalingType.LINEAR), w.add_rope_scaling_factor(8.0))), plus_one, layer=0)
make("gemma3-sees", T.Gemma3Config(text_config=T.Gemma3TextConfig(**TWO, **{**GEMMA, "query_pre_attn_scalar": 256}, rope_parameters=dict(full_attention=dict(rope_type="linear", rope_theta=1e6, factor=8.0), sliding_attention=dict(rope_type="default", rope_theta=10000.0))), vision_config=T.SiglipVisionConfig(hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2, image_size=28, patch_size=14), mm_tokens_per_image=4), layer=0, drop=T.Gemma3TextConfig)
make("mistral-sees", T.Mistral3Config(text_config=T.MistralConfig(**{**TWO, "tie_word_embeddings": False}, sliding_window=None, head_dim=12, **rope("default")), vision_config=T.PixtralVisionConfig(hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2, image_size=28, patch_size=14), image_token_index=5), auto=T.AutoModelForImageTextToText)
LONG = dict(short_factor=[1.0, 1.1, 1.3, 1.6], long_factor=[1.0, 1.5, 3.0, 8.0])
for name, original in (("phi3", 32), ("phi3-short", 64)):
    def longrope(w, c, original=original):
        w.add_rope_scaling_type(gguf.RopeScalingType.LONGROPE); w.add_rope_scaling_orig_ctx_len(original); w.add_rope_scaling_attn_factors(float(np.sqrt(1 + np.log(512 / original) / np.log(original)))); w.add_sliding_window(16)
        for kind in LONG: w.add_tensor(f"rope_factors_{kind.split('_')[0]}.weight", np.array(LONG[kind], np.float32))
    make(name, T.Phi3Config(**TWO, sliding_window=16, original_max_position_embeddings=original, rope_parameters=dict(rope_type="longrope", rope_theta=10000.0, original_max_position_embeddings=original, **LONG)), G.PHI3, more(longrope))
make("granite", T.GraniteConfig(**SMALL, embedding_multiplier=2.0, residual_multiplier=0.4, attention_multiplier=0.2, logits_scaling=3.0, **rope("default")), G.GRANITE, more(lambda w, c: (w.add_embedding_scale(2.0), w.add_residual_scale(0.4), w.add_attention_scale(0.2), w.add_logit_scale(3.0))), neighbours)
make("smollm3", T.SmolLM3Config(**{**SMALL, "num_hidden_layers": 4}, no_rope_layer_interval=4, **rope("default")), G.SMOLLM3, usual, neighbours, layer=3)


def turned(n, v, c):
    return [(n, v.T if v.ndim > 1 and any(p in n for p in ("c_attn", "c_proj", "c_fc")) else v)]


def gpt2(w, c):
    w.add_context_length(c.n_positions); w.add_embedding_length(c.n_embd); w.add_feed_forward_length(4 * c.n_embd); w.add_head_count(c.n_head); w.add_layer_norm_eps(c.layer_norm_epsilon)


make("gpt2", T.GPT2Config(vocab_size=V, n_positions=64, n_embd=32, n_layer=3, n_head=4, bos_token_id=0, eos_token_id=1), G.GPT2, gpt2, turned)


def gptneox(w, c):
    w.add_context_length(c.max_position_embeddings); w.add_embedding_length(c.hidden_size); w.add_feed_forward_length(c.intermediate_size); w.add_head_count(c.num_attention_heads); w.add_rope_dimension_count(4); w.add_parallel_residual(c.use_parallel_residual); w.add_layer_norm_eps(c.layer_norm_eps); w.add_rope_freq_base(10000.0)


def apart(n, v, c):
    """Queries of all heads, then keys, then values, of what is stored head by head."""
    if "query_key_value" in n: v = v.reshape(c.num_attention_heads, 3, -1, *v.shape[1:]).swapaxes(0, 1).reshape(v.shape)
    return [(n, v)]


for name, parallel in (("gptneox", True), ("gptneox-sequential", False)):
    make(name, T.GPTNeoXConfig(**{**{k: v for k, v in SMALL.items() if "key_value" not in k and "rms" not in k}, "num_hidden_layers": 3 if parallel else 2}, hidden_act="gelu", use_parallel_residual=parallel, rope_parameters=dict(rope_type="default", rope_theta=10000.0, partial_rotary_factor=0.5)), G.GPTNEOX, gptneox, apart)
json.dump(expected, open(f"{out}/expected.json", "w"))
