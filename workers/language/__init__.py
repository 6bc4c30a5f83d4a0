"""What was said: relevance, coverage of what a good answer contains, structure, concreteness, tone and keywords."""

from workers.language.measure import QuestionContext, measure_language, no_language

__all__ = ["QuestionContext", "measure_language", "no_language"]
