"python -m micrograd_es is micrograd-es."

import sys

from .cli import main

sys.exit(main())
