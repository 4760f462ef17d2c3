# One weight: (x·w − y)²
from micrograd_es import Value

x, w, y = Value(1.0), Value(1.0), Value(2.0)
loss = (x * w - y) ** 2
loss.backward()
