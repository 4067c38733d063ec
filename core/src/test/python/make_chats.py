#!/usr/bin/env python3
"""What transformers' apply_chat_template makes of some chats by the templates in chat/: python3 make_chats.py ../resources/org/emslens/chat (needs: transformers). Where a template refuses a chat, what it says."""
import glob, json, os, sys
from tokenizers import Tokenizer, models
from transformers import PreTrainedTokenizerFast

out = sys.argv[1]
turn = lambda role, content: dict(role=role, content=content)
chats = {
    "one": [turn("user", "  Which boat came last? ")],
    "system": [turn("system", "Answer in one word."), turn("user", "Which boat came last?")],
    "turns": [turn("user", "Count {{ 1 + 1 }} boats."), turn("assistant", "Two\n\nboats."), turn("user", "And \"now\"? <b>é漢</b>")],
    "thought": [turn("system", "Be brief."), turn("user", "Why?"), turn("assistant", "<think>\nBecause.\n</think>\n\nSo."), turn("user", "Really?")],
    "wrong": [turn("user", "a"), turn("user", "b")],
}
t = PreTrainedTokenizerFast(tokenizer_object=Tokenizer(models.BPE()), bos_token="<s>", eos_token="</s>")
expected = {}
for f in sorted(glob.glob(f"{out}/*.jinja")):
    t.chat_template = open(f).read()
    for name, chat in chats.items():
        try: row = dict(text=t.apply_chat_template(chat, tokenize=False, add_generation_prompt=True))
        except Exception as e: row = dict(refused=str(e))
        expected.setdefault(os.path.basename(f)[:-6], {})[name] = row
json.dump(dict(chats=chats, expected=expected), open(f"{out}/expected.json", "w"), ensure_ascii=False, indent=1)
