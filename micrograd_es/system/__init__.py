"The machine underneath: files, packages, and what a browser lets a page do."
