"""``python -m karat.code_eval`` says which folder ``evaluate`` loads the metric from."""

from karat.code_eval import PATH

if __name__ == "__main__":
    print(PATH)
