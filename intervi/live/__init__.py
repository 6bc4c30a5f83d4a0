"""What happens while somebody speaks or looks: sockets, and what goes over them."""
