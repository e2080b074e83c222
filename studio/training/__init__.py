"""How each embedded model was made, from data to model card. The app never imports this."""
