"""Gradio's own widgets in the colours of the house. The colours live in assets/ui/tokens.css."""

import gradio as gr


def theme() -> gr.themes.Base:
    look = gr.themes.Base(
        font=["Source Sans 3", "Segoe UI", "system-ui", "sans-serif"],
        font_mono=["ui-monospace", "Menlo", "Consolas", "monospace"],
        radius_size=gr.themes.sizes.radius_md,
    )
    pairs = {
        "body_background_fill": "var(--paper)",
        "body_text_color": "var(--ink)",
        "body_text_color_subdued": "var(--ink-soft)",
        "background_fill_primary": "var(--card)",
        "background_fill_secondary": "var(--sunken)",
        "block_background_fill": "var(--card)",
        "block_label_text_color": "var(--ink-soft)",
        "block_title_text_color": "var(--ink)",
        "border_color_primary": "var(--line)",
        "border_color_accent": "var(--accent)",
        "block_border_color": "var(--line)",
        "input_background_fill": "var(--card)",
        "input_border_width": "1px",
        "input_border_color": "var(--line)",
        "input_placeholder_color": "var(--ink-soft)",
        "button_primary_background_fill": "var(--accent)",
        "button_primary_background_fill_hover": "var(--accent)",
        "button_primary_text_color": "var(--on-accent)",
        "button_secondary_background_fill": "var(--card)",
        "button_secondary_text_color": "var(--ink)",
        "button_secondary_border_color": "var(--line)",
        "color_accent_soft": "var(--accent-soft)",
        "link_text_color": "var(--accent)",
    }
    dark = {f"{name}_dark": value for name, value in pairs.items() if name != "input_border_width"}
    return look.set(**pairs, **dark)
