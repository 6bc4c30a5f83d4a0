"""The whole product in a real Chromium, with camera and microphone fed from files whose content is known."""
