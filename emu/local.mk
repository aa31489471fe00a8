# The instance ties the parts; state/ holds what is saved and digested.
