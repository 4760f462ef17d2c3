"What lies under a Value, and no student need read."
