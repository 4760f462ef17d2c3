"The chain rule in words, symbols and numbers: node by node, route by route, and why a gradient is what it is."

from .chain import explain as explain
from .paths import paths as paths
from .why import why as why
