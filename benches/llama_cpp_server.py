"""Reads what is to be computed from standard input, computes it with llama.cpp's own server, which runs in this process,
and prints tokens, of prompts and completions together, for a second of processor time. Called by built_in.rs."""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import xllamacpp

asked = json.load(sys.stdin)
parameters = xllamacpp.CommonParams()
parameters.model.path = asked["model"]
parameters.n_parallel = asked["slots"]
parameters.n_ctx = asked["slots"] * asked["context"]
parameters.cpuparams.n_threads = 1
parameters.cpuparams_batch.n_threads = 1
parameters.warmup = False
server = xllamacpp.Server(parameters)


def complete(prompt):
    request = {"prompt": prompt, "max_tokens": asked["out"], "ignore_eos": True, "temperature": 0.8, "top_p": 0.95,
               "top_k": 0, "min_p": 0.0, "cache_prompt": False}
    answer = server.handle_completions(request)
    answer = json.loads(answer) if isinstance(answer, str) else answer
    return answer["usage"]["prompt_tokens"] + answer["usage"]["completion_tokens"]


start = time.process_time()
with ThreadPoolExecutor(asked["slots"]) as pool:
    tokens = sum(pool.map(complete, asked["prompts"]))
print(tokens / (time.process_time() - start))
