"""The sentences of the page, in one place."""

TITLE = "Tandem"
MOTTO = "A studio for people and models"
FIRST_SESSION = "My first session"
NEW_SESSION = "New session"
NOTES = "Notes"

NOT_BUILT = {
    "picture": (
        "The picture table is not here yet",
        "This version holds the frame of the studio. Picture variations arrive with their own models in a later version.",
        "The Session tab already keeps your notes and every version of them.",
    ),
}
