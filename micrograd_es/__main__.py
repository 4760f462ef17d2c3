"python -m micrograd_es is micrograd-es."

import sys

from .cli.main import main

sys.exit(main())
