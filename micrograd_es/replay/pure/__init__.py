"The program as a pure function, for any array engine."

from .program import Pure as Pure
