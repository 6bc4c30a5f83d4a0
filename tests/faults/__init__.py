"""What happens when something dies: faults injected into real processes, and what is found afterwards."""
