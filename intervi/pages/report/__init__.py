"""The report page, ``/history/{id}``: ``view`` turns records into what is shown, ``state`` fetches, ``page`` draws."""
