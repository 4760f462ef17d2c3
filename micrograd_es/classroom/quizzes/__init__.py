"Questions for a learning platform, made of the same exercises as the sheets: their keys are the grader's."
