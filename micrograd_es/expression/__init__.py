"A formula that is typed becomes Values: read by a parser that knows arithmetic, never executed."

from .parser import ExpressionError as ExpressionError
from .parser import parse as parse
