"""What every painting engine needs, whatever library its model runs on: noise, masks, previews, kept words."""
