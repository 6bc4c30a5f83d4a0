"""When people meet: working hours, free slots, bookings, and the calendar feed."""
