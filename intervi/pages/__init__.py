"""The pages, one module or package each, its state beside it."""

import reflex as rx


def register(app: rx.App) -> None:
    """Adds every page to the application."""
    app.add_page(rx.el.h1("Practise the interview before the interview."), route="/", title="Intervi")
