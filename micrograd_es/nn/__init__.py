"""Networks out of Values: every weight, product and sum is a node of the graph, and shared weights are shared nodes."""

from . import functional as functional
from . import init as init
from .convolution import Conv1d as Conv1d
from .convolution import Conv2d as Conv2d
from .convolution import pool1d as pool1d
from .convolution import pool2d as pool2d
from .convolution import upsample1d as upsample1d
from .convolution import upsample2d as upsample2d
from .module import Module as Module
from .perceptron import MLP as MLP
from .perceptron import Layer as Layer
from .perceptron import Neuron as Neuron
from .regular import BatchNorm as BatchNorm
from .regular import Dropout as Dropout
from .sequence import RNN as RNN
from .sequence import Embedding as Embedding

functions = functional  # by its older name
