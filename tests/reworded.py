"""Passages and what a person might make of them in other words: for setting and testing how far apart two offers are."""

SAME = (
    (
        "The old man put his hat on the table and said that the boat would not come before morning.",
        "The old man laid his hat upon the table and said the boat would not be coming before the morning.",
    ),
    (
        "She ran down the stairs, out of the door and across the wet grass to the gate, where nobody was waiting.",
        "She ran down the stairs and out of the door, across the wet grass, to the gate. Nobody was waiting there.",
    ),
    (
        "“You have kept the letter all these years,” he said. She looked at the fire and did not answer him.",
        "“You kept that letter all these years?” he asked. She looked into the fire, and gave him no answer.",
    ),
    (
        "Rain had fallen since noon, and the road to the mill was a river of brown mud in which two carts stood fast.",
        "It had rained since noon; the road to the mill was now a river of mud, and in it two carts stood stuck fast.",
    ),
    (
        "Tomas counted the coins twice, pushed them back over the counter and told the clerk that one was false.",
        "Tomas counted the coins twice. Then he pushed them back across the counter and told the clerk one was false.",
    ),
    (
        "Behind the chapel the dog had begun to dig, and what it dug up was wrapped in a child's blue coat.",
        "The dog had begun digging behind the chapel, and what it dug up was wrapped in a blue coat, a child's coat.",
    ),
)
REWORDED = (
    (
        "The old man put his hat on the table and said that the boat would not come before morning.",
        "Setting his cap down before them, the elderly fisherman told them no vessel could be expected until dawn.",
    ),
    (
        "She ran down the stairs, out of the door and across the wet grass to the gate, where nobody was waiting.",
        "Down the steps she flew, into the garden, over the soaked lawn; but by the railings there was not a soul.",
    ),
    (
        "“You have kept the letter all these years,” he said. She looked at the fire and did not answer him.",
        "He saw that she had never burned what he wrote to her so long ago. She watched the coals and was silent.",
    ),
    (
        "Rain had fallen since noon, and the road to the mill was a river of brown mud in which two carts stood fast.",
        "All afternoon the storm had poured, until the lane by the miller's was a swamp with a pair of wagons sunk in it.",
    ),
    (
        "Tomas counted the coins twice, pushed them back over the counter and told the clerk that one was false.",
        "“This shilling is bad,” said Tomas to the shopman, when he had gone over his money a second time.",
    ),
    (
        "Behind the chapel the dog had begun to dig, and what it dug up was wrapped in a child's blue coat.",
        "A hound was scratching at the earth in back of the church, and uncovered a bundle in a small girl's jacket.",
    ),
)
OTHER = (
    "The queen's astronomer had promised a comet for the feast, and now the sky over the palace was perfectly empty.",
    "Nobody in the laboratory would say who had left the tank open, but something had eaten all of the cables.",
    "He bought three cabbages, a pound of butter and a ribbon, and forgot them all on the tram to Linden Square.",
    "“If the jury believes the nurse,” said the lawyer, “your brother will hang; if not, you will take his place.”",
    "The goat, who had opinions on poetry, ate the second stanza first and was seen to think about it.",
    "At two thousand fathoms the lamp went out, and something outside the glass began to knock, three and three.",
)
# Not looked at when the limits were set.
REWORDED_ASIDE = (
    (
        "The captain ordered the sails taken in, for the wind was rising and the sky had gone black in the west.",
        "Seeing a storm come up, the skipper told his crew to furl the canvas before the gale should strike them.",
    ),
    (
        "My aunt never spoke of her wedding, but she kept one white glove in the drawer beside her bed.",
        "Of the day she married, not a syllable was heard from her; only a pale mitten lay at her pillow in a chest.",
    ),
    (
        "He hid the stolen necklace in the bread oven and went to church with his hands still smelling of smoke.",
        "Having pushed the jewels he took among the loaves, the thief sat down in his pew; soot was on his fingers.",
    ),
    (
        "The schoolmaster read the boy's poem aloud, and the whole class laughed until the boy left the room.",
        "When the teacher recited the pupil's verses, all the children giggled, so that the poor lad ran out.",
    ),
)
