"""THE aggregate: an interview, its questions and answers, its life cycle, its lists and figures."""
