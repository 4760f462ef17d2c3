"From a graph to groups: what stands on the same level and does the same."
