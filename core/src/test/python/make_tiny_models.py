#!/usr/bin/env python3
"""Tiny random models of the Llama family, with what Hugging Face transformers computes from them, for fast tests.

  python3 make_tiny_models.py ../resources/org/emslens/tiny      (needs: torch transformers gguf)

plain/      float32, untied, one safetensors file; sharded/  bfloat16, tied, head size unlike hidden / heads, two shards;
llama3/     float16, llama3 RoPE scaling; model.gguf  the plain model with its matrices as Q8_0 and F16; sentencepiece.gguf  another tokenizer; expected.json  ids and logits of each;
"""
import json, os, shutil, sys
import gguf, numpy as np, torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

out = sys.argv[1]; shutil.rmtree(out, ignore_errors=True); os.makedirs(out)
TEXT = "The keeper lit the lamp and counted the boats. Two boats came home before the storm; the third one came at dawn. " * 3
CHAT = "{% for m in messages %}<|start|>{{ m['role'] }}\n{{ m['content'] }}<|end|>\n{% endfor %}{% if add_generation_prompt %}<|start|>assistant\n{% endif %}"
raw = Tokenizer(models.BPE()); raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False); raw.decoder = decoders.ByteLevel()
raw.train_from_iterator([TEXT], trainers.BpeTrainer(vocab_size=320, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), special_tokens=["<|start|>", "<|end|>"]))
tok = PreTrainedTokenizerFast(tokenizer_object=raw, bos_token="<|start|>", eos_token="<|end|>"); tok.chat_template = CHAT
V = len(tok); ids = tok.encode(TEXT)[:60]; expected = {"text": TEXT, "ids": tok.encode(TEXT), "models": {}}
base = dict(vocab_size=V, hidden_size=64, intermediate_size=96, num_hidden_layers=3, num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=2048, rms_norm_eps=1e-5, bos_token_id=0, eos_token_id=1)


def make(name, seed, dtype, shard=None, **more):
    torch.manual_seed(seed); m = LlamaForCausalLM(LlamaConfig(**{**base, **more})).eval()
    with torch.no_grad():
        for p in m.parameters():
            if p.dim() > 1: p.mul_(6)  # sharper attention than a fresh model's
    m = m.to(dtype); m.save_pretrained(f"{out}/{name}", max_shard_size=shard or "1GB"); tok.save_pretrained(f"{out}/{name}")
    m = LlamaForCausalLM.from_pretrained(f"{out}/{name}", dtype=torch.float32).eval(); note(name, m); return m


def note(name, m):
    with torch.no_grad(): expected["models"][name] = dict(ids=ids, logits=m(torch.tensor([ids])).logits[0, -1].tolist())


plain = make("plain", 1, torch.float32, tie_word_embeddings=False)
make("sharded", 2, torch.bfloat16, shard="60KB", tie_word_embeddings=True, head_dim=24)
make("llama3", 3, torch.float16, tie_word_embeddings=True, rope_parameters=dict(rope_type="llama3", rope_theta=10000.0, factor=4.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=128))

w = gguf.GGUFWriter(f"{out}/model.gguf", "llama"); c = plain.config
w.add_name("tiny"); w.add_block_count(c.num_hidden_layers); w.add_context_length(2048); w.add_embedding_length(64); w.add_feed_forward_length(96); w.add_head_count(4); w.add_head_count_kv(2); w.add_layer_norm_rms_eps(1e-5); w.add_rope_freq_base(10000.0); w.add_vocab_size(V)
vocab = sorted(tok.get_vocab().items(), key=lambda e: e[1]); merges = json.loads(tok.backend_tokenizer.to_str())["model"]["merges"]
w.add_tokenizer_model("gpt2"); w.add_tokenizer_pre("gpt-2"); w.add_token_list([t for t, _ in vocab]); w.add_token_types([3 if i < 2 else 1 for _, i in vocab]); w.add_token_merges([" ".join(m) for m in merges]); w.add_bos_token_id(0); w.add_eos_token_id(1); w.add_add_bos_token(False); w.add_chat_template(CHAT)
NAMES = {"model.embed_tokens.weight": "token_embd.weight", "lm_head.weight": "output.weight", "model.norm.weight": "output_norm.weight", "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down"}
with torch.no_grad():
    for k, p in plain.named_parameters():
        x = p.numpy(); name = NAMES.get(k) or (lambda s: f"blk.{s[2]}." + NAMES[".".join(s[3:-1])] + ".weight")(k.split("."))
        kind = gguf.GGMLQuantizationType.F32 if x.ndim == 1 else gguf.GGMLQuantizationType.F16 if "embed" in k or "lm_head" in k else gguf.GGMLQuantizationType.Q8_0
        stored = x
        if "q_proj" in k or "k_proj" in k: h = 4 if "q_proj" in k else 2; stored = x.reshape(h, 2, x.shape[0] // h // 2, *x.shape[1:]).swapaxes(1, 2).reshape(x.shape)
        data = stored if kind == gguf.GGMLQuantizationType.F32 else gguf.quantize(stored, kind); w.add_tensor(name, data, raw_dtype=kind)
        p.copy_(torch.from_numpy(x if kind == gguf.GGMLQuantizationType.F32 else gguf.dequantize(gguf.quantize(x, kind), kind)))
w.write_header_to_file(); w.write_kv_data_to_file(); w.write_tensors_to_file(); w.close(); note("model.gguf", plain)
expected["chat"] = tok.apply_chat_template([{"role": "user", "content": "Which boat came last?"}], add_generation_prompt=True, tokenize=False)

# A SentencePiece vocabulary in a GGUF: bytes, then pieces that merges of earlier ones make, scored by rank.
spm = Tokenizer(models.BPE()); spm.pre_tokenizer = pre_tokenizers.Metaspace(); spm.train_from_iterator([TEXT], trainers.BpeTrainer(vocab_size=120))
learnt = [t for t, _ in sorted(spm.get_vocab().items(), key=lambda e: e[1])]; pieces = ["<unk>", "<s>", "</s>"] + [f"<0x{b:02X}>" for b in range(256)] + learnt
torch.manual_seed(6); small = LlamaForCausalLM(LlamaConfig(vocab_size=len(pieces), hidden_size=32, intermediate_size=32, num_hidden_layers=1, num_attention_heads=2, num_key_value_heads=1, max_position_embeddings=256, tie_word_embeddings=True))
w = gguf.GGUFWriter(f"{out}/sentencepiece.gguf", "llama"); w.add_name("tiny"); w.add_block_count(1); w.add_context_length(256); w.add_embedding_length(32); w.add_feed_forward_length(32); w.add_head_count(2); w.add_head_count_kv(1); w.add_layer_norm_rms_eps(1e-6); w.add_vocab_size(len(pieces))
w.add_tokenizer_model("llama"); w.add_token_list(pieces); w.add_token_scores([0.0] * 259 + [-float(i) for i in range(len(learnt))]); w.add_token_types([2, 3, 3] + [6] * 256 + [1] * len(learnt)); w.add_bos_token_id(1); w.add_eos_token_id(2); w.add_unk_token_id(0)
for k, p in small.named_parameters():
    w.add_tensor(NAMES.get(k) or (lambda s: f"blk.{s[2]}." + NAMES[".".join(s[3:-1])] + ".weight")(k.split(".")), p.detach().numpy())
w.write_header_to_file(); w.write_kv_data_to_file(); w.write_tensors_to_file(); w.close()
SPM_TEXT = "The keeper lit two boats — at dawn. 🎉"; expected["sentencepiece"] = dict(text=SPM_TEXT, ids=AutoTokenizer.from_pretrained(out, gguf_file="sentencepiece.gguf").encode(SPM_TEXT, add_special_tokens=False))
json.dump(expected, open(f"{out}/expected.json", "w"))
