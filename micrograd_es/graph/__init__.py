"One reading of a root, which every view uses."
