"""Short stories in two or more scenes for the continuity check: some with a contradiction planted, some that only look so.

Written by hand in different manners. `about` names the kind of the contradiction; `entries` is the bible, scenes are s0, s1, …
"""

from typing import NamedTuple

from studio.core.ledger import Ledger
from studio.writing.context.bible import Bible, Entry
from studio.writing.manuscript.manuscript import Chapter, Manuscript, Scene, by_hand


class Case(NamedTuple):
    about: str  # empty: nothing is wrong
    scenes: tuple[str, ...]
    entries: tuple[Entry, ...] = ()
    titles: tuple[str, ...] = ()  # of the chapters, one for each scene


def manuscript(
    scenes: tuple[str, ...], entries: tuple[Entry, ...] = (), titles: tuple[str, ...] = (), settled: tuple[str, ...] = ()
) -> Manuscript:
    chapters = tuple(
        Chapter(
            id=f"c{i}",
            title=titles[i] if titles else "",
            scenes=(Scene(id=f"s{i}", text=text, ledger=by_hand(text) if text else Ledger()),),
        )
        for i, text in enumerate(scenes)
    )
    return Manuscript(chapters=chapters, bible=Bible(entries=entries), settled=settled)


def person(name: str, text: str = "", id: str = "", **more: object) -> Entry:
    return Entry.model_validate({"id": id or name.split()[0].lower(), "name": name, "text": text, **more})


MARA, TOM = person("Mara Quill"), person("Tom Hale")

PLANTED = (
    # eyes
    Case(
        "eyes",
        (
            "Mara lifted her green eyes to the window. Rain was coming.",
            "The lamp went out. Mara's eyes were blue, and they never left the door.",
        ),
    ),
    Case(
        "eyes",
        ("Tom had brown eyes and a quick smile.\n\nHe put the kettle on.", "“Come in,” said Tom. His blue eyes were kind."),
    ),
    Case("eyes", ("Blue-eyed Anna ran ahead of the others.", "Anna was a thin girl with dark brown eyes. She ran home.")),
    Case(
        "eyes",
        ("Mara sat down by the fire.", "Mara's brown eyes shone in the dark."),
        (person("Mara Quill", "Green eyes, quick temper."),),
    ),
    Case(
        "eyes",
        ("Old Silas looked up, and Silas's pale grey eyes were wet.", "Nobody liked the way Silas stared. His eyes were brown."),
    ),
    Case(
        "eyes",
        (
            "Elena was green-eyed, like all her people. Elena sang.",
            "Elena turned. Her grey eyes found the captain and stayed there.",
        ),
    ),
    Case("eyes", ("Mara waited. Her hazel eyes followed the boat.", "Years of salt had not dulled Mara's bright blue eyes.")),
    # hair
    Case("hair", ("Mara's black hair hung to her waist.", "Mara tied back her blonde hair and went out to the goats.")),
    Case("hair", ("Tom was a big man with red hair. Tom laughed easily.", "The wind pulled at Tom's black hair.")),
    Case("hair", ("Ivy shook out her long blonde hair.", "Ivy was a small woman with dark brown hair and no patience.")),
    Case(
        "hair",
        ("Piers arrived at noon.", "Piers ran a hand through his fair hair."),
        (person("Piers Lund", "Tall. Hair: black. Sails badly."),),
    ),
    Case("hair", ("Red-haired Nell carried the tray. Nell was late.", "Nell's hair was black, and she wore it short.")),
    Case("hair", ("Captain Reed had white hair and a young man's walk.", "Captain Reed took off his hat. His hair was black.")),
    # hand, sides, height
    Case(
        "hand",
        (
            "Mara was left-handed, which the nuns had tried to cure.",
            "Mara wrote with her right hand, slowly, her tongue between her teeth.",
        ),
    ),
    Case("hand", ("Tom, who was right-handed, held the bat badly.", "Tom signed the paper with his left hand.")),
    Case(
        "hand",
        ("Jonas carved a spoon.", "Jonas was right-handed and proud of the knife."),
        (person("Jonas", "A left-handed carpenter."),),
    ),
    Case(
        "side", ("Silas had lost his left arm at Jutland.", "Silas had lost his right arm in the war and did everything slowly.")
    ),
    Case("side", ("The scar on Mara's left cheek was white.", "Mara touched the mirror. The scar on her right cheek had faded.")),
    Case(
        "side",
        ("Brandt was blind in his right eye.", "Brandt was blind in the left eye and turned his whole head to look at her."),
    ),
    Case("side", ("Old Peter limped on his left leg.", "Peter limped on his right leg across the yard.")),
    Case(
        "height", ("Hugo was a tall man who bumped his head on beams.", "Hugo was a short man, and the coat reached his ankles.")
    ),
    # age, birth
    Case("age", ("Mara was thirty-four. The house was older.", "Mara was twenty-nine, and tired of parties.")),
    Case("age", ("“Happy birthday,” they said. Tom turned forty that day.", "Tom was thirty-eight and had never owned a dog.")),
    Case("age", ("Seventeen-year-old Ivy climbed the wall.", "Ivy, 15, was the last to be found. Ivy did not cry.")),
    Case(
        "age",
        (
            "Nell was twelve years old. She could read anything.",
            "That same week Nell was sixteen, and nobody stopped her at the gate.",
        ),
    ),
    Case(
        "age",
        ("Silas opened the shop.", "Silas was fifty-one and felt every year of it."),
        (person("Silas", "Aged 68. Runs the lamp shop."),),
    ),
    Case("age", ("Ivy was nineteen. She slept badly.", "Ivy was thirty. She slept badly."), (), ("1920", "1923")),
    Case("born", ("Brandt was born in 1912 in a house without stairs.", "Brandt was born in 1921, the year of the flood.")),
    Case("born", ("Brandt came up the stairs.", "Brandt had been born in 1930."), (person("Brandt", "Born 1918, Hamburg."),)),
    # alive
    Case(
        "alive",
        (
            "Silas died in the night. They buried him on Sunday.",
            "“Pass the salt,” said Silas. He reached across Mara for the bread.",
        ),
    ),
    Case("alive", ("Tom was shot dead at the gate.", "The kitchen was warm. Tom poured the tea and sat down.")),
    Case("alive", ("Nobody spoke. Old Peter was dead.", "They walked all morning.", "Peter nodded and took the oars.")),
    Case(
        "alive",
        (
            "Mara stood at Brandt's grave was how she put it later. Brandt's coffin was plain. Brandt was buried on a Monday.",
            "Brandt laughed and opened the door for her.",
        ),
    ),
    Case("alive", ("Elena drowned off the point in March.", "At the market Elena picked out three lemons and paid.")),
    Case("alive", ("Hugo smiled and shut the book. Hugo went up to bed.", "Hugo had been dead for ten years.")),
    Case(
        "alive",
        ("The bomb killed Jonas at once. They had killed Jonas, and for nothing.", "Jonas walked in with snow on his boots."),
    ),
    Case(
        "alive",
        ("Mara came home.", "Mara ate an apple at the window.", "Mara smiled."),
        (person("Mara Quill", facts=({"text": "Dead.", "since": "s1"},)),),
    ),
    # has
    Case("has", ("Tom sold his horse at the fair.", "At dawn Tom saddled his horse and rode north.")),
    Case("has", ("Mara threw the silver watch into the river.", "Mara checked her silver watch. Ten past nine.")),
    Case("has", ("Ivy lost her ring in the snow.", "Ivy twisted her ring while the priest talked.")),
    Case("has", ("Silas had pawned his violin for the rent.", "Silas tuned his violin and did not play.")),
    Case("has", ("Jonas gave his knife to the boy.", "Jonas opened his knife and cut the rope.")),
    Case("has", ("Brandt smashed the camera on the step.", "Brandt raised his camera. The crowd turned.")),
    # knows, met
    Case(
        "knows",
        (
            "Mara knew that Silas had hidden the letters in the clock.",
            "Mara did not know that Silas had hidden the letters in the clock.",
        ),
    ),
    Case("knows", ("Tom learned where the gold was buried that night.", "Tom had no idea where the gold was buried.")),
    Case(
        "knows",
        ("Mara knew that Tom poisoned the well.", "They drank.", "She found the bottle."),
        (person("Mara Quill", knows=({"text": "Tom poisoned the well", "since": "s2"},)), TOM),
    ),
    Case("met", ("Mara met Brandt at the ferry, and they shook hands.", "Mara had never met Brandt, but she knew the name.")),
    Case("met", ("On the stairs Tom kissed Elena.", "Tom had never seen Elena before that evening.")),
    # family
    Case("family", ("Mara's sister Anna came on Friday.", "Mara's cousin Anna brought the cake.")),
    Case("family", ("Anna was Tom's mother, and she let him know it.", "Anna, Tom's aunt, sat by the stove.")),
    Case("family", ("Silas's brother Peter kept bees.", "Peter was the son of Silas and looked like him.")),
    Case("family", ("Tom's mother, Greta, wept.", "Tom's mother, Louise, was a dancer. Louise and Greta never met.")),
    Case(
        "family",
        ("Mara hated winter. Her brother Jonas did not.", "Jonas waited."),
        (person("Mara Quill"), person("Jonas Vale", "Mara's husband.")),
    ),
    Case("siblings", ("Ivy was an only child and liked it.", "Ivy's sister Nell was already there.")),
    Case("siblings", ("Hugo had three brothers. None of them wrote.", "Hugo had two brothers, both tall.")),
    Case("siblings", ("Brandt had no brothers or sisters.", "Brandt's brother Emil drove too fast.")),
    Case("family", ("Tom's wife Elena slept late.", "Tom had never married.")),
    # titles
    Case("title", ("Captain Hale read the order twice.", "“No,” said Sergeant Hale."), (person("Tom Hale"),)),
    Case("title", ("Colonel Mara Quill saluted.", "The door opened and Major Mara Quill came in.")),
    # time
    Case(
        "hour",
        (
            "It was midnight, and the street lay empty. Mara walked faster. It was a bright afternoon, and children played in the road.",
        ),
    ),
    Case(
        "day",
        (
            "It was Monday. The baker was shut. Tom rattled the door, swore, and crossed the road. It was Thursday, and Tom had no bread.",
        ),
    ),
    Case("day", ("It was Monday. Tom packed the car.", "The next day they drove south. It was Friday, and the road was full.")),
    Case(
        "date",
        ("It was the third of May. The letter lay on the mat, unopened. It was the ninth of May, and Tom put on his hat.",),
    ),
    # the lie of the land
    Case("lies", ("Dunmere lay north of Hask, a day on foot.", "Dunmere lay south of Hask, where the marsh begins.")),
    Case("lies", ("Hask stood east of Dunmere.", "They asked the way. Dunmere lay east of Hask.")),
)

CLEAN = (
    # changed on the page
    Case("", ("Mara's black hair hung to her waist.", "Mara dyed her hair in the sink. An hour later Mara's hair was blonde.")),
    Case(
        "",
        (
            "Tom sold his horse at the fair.",
            "In May Tom bought a horse from the miller.",
            "Tom saddled his horse and rode north.",
        ),
    ),
    Case("", ("Mara was thirty-four. The house was older.", "Ten years later Mara was forty-four and still there.")),
    Case("", ("Ivy lost her ring in the snow.", "Ivy found the ring when the thaw came. Ivy twisted her ring and laughed.")),
    Case("", ("Silas died in the night.", "Silas's ghost came at noon. “Pass the salt,” said Silas.")),
    Case("", ("Captain Hale read the order twice.", "They promoted Hale in June. Major Hale bought a better coat."), (TOM,)),
    Case("", ("Tom's wife Elena slept late.", "After the divorce Tom married again. Tom's wife Greta rose early.")),
    Case("", ("Tom had black hair then. Tom's hair was black.", "The war was long. Tom's hair was grey.")),
    Case(
        "",
        (
            "Mara knew that Silas had hidden the letters in the clock.",
            "The fever took it all. Mara had forgotten; Mara did not know that Silas had hidden the letters in the clock.",
        ),
    ),
    Case("", ("Mara did not know where the gold was buried.", "Mara knew where the gold was buried.")),
    Case("", ("Mara had never met Brandt.", "Mara met Brandt at the ferry.")),
    Case("", ("Silas had pawned his violin for the rent.", "On Friday Silas got his violin back. Silas tuned his violin.")),
    Case("", ("Ivy was nineteen. She slept badly.", "Ivy was twenty-two. She slept badly."), (), ("1920", "1923")),
    Case("", ("Ivy was nineteen.", "It was her birthday. Ivy was twenty.")),
    # looking back
    Case("", ("Silas died in the night.", "Twenty years earlier the pier was new. Silas laughed and threw a stone.")),
    Case("", ("Mara was thirty-four.", "When she was a child, the house had been full. Mara was nine years old.")),
    Case("", ("Silas died in the night.", "Mara remembered the boat. Silas had said it would rain, and Silas laughed.")),
    Case("", ("Mara was thirty-four.", "Mara was twelve."), (), ("Part One", "Twenty years ago")),
    Case("", ("Silas died in the night.", "In the photograph Silas smiled at somebody outside it.")),
    # said, not told
    Case("", ("Mara's eyes were green.", "“Mara's eyes are blue,” said Tom. “I should know.”")),
    Case("", ("“Silas died in March,” she said.", "Silas walked in with the post.")),
    Case("", ("Mara was thirty-four.", "“Mara is twenty-nine,” said Mara, and nobody laughed.")),
    Case("", ("‘Tom’s sister Anna is here,’ he said.", "Anna was Tom's wife.")),
    Case("", ("— Tom was shot dead, the boy said.\n\n— Mara is thirty.", "Tom poured the tea. Mara was forty.")),
    # supposed, denied, compared, believed, dreamt
    Case("", ("If Silas had died, Mara would have heard. If Silas died now, she would hear.", "“Salt,” said Silas.")),
    Case("", ("Mara's eyes were green.", "Mara's eyes were not blue.")),
    Case("", ("Mara dreamed. In the dream Silas was dead, and the clock had stopped.", "Silas came down to breakfast.")),
    Case("", ("Mara's eyes were green.", "Mara moved like a woman with blue eyes and a secret.")),
    Case("", ("Everyone believed Tom was dead.", "Tom laughed at the newspaper.")),
    Case("", ("Was Silas dead? Mara ran.", "Silas said nothing.")),
    Case("", ("Perhaps Tom was dead.", "Tom said he was sorry.")),
    Case("", ("Mara almost wished Tom was dead.", "Tom smiled at her.")),
    Case("", ("Silas looked as if he were dead. Silas was dead tired.", "Silas took the stairs two at a time.")),
    Case("", ("Tom nearly died of shame. Tom died laughing.", "Tom sat down again.")),
    Case("", ("Mara pretended that Tom was dead.", "Tom waved.")),
    Case("", ("Tom's voice died away. The engine was dead.", "Tom opened the bonnet.")),
    # another person, another thing
    Case("", ("Mara's eyes were green.", "Anna's eyes were blue. Anna looked at Mara.")),
    Case("", ("Mara's eyes were green.", "Mara looked at her daughter. Her blue eyes were wet.")),
    Case("", ("Mara's eyes were green.", "Mara looked into his blue eyes and lied.")),
    Case("", ("Mara's eyes were green.", "Mara kissed the girl. Her eyes were blue.")),
    Case("", ("Mara's mother's hair was white. Mara left.", "Mara's hair was black.")),
    Case("", ("Mr Hale died in the spring.", "Mrs Hale said nothing. Tom Hale took her arm.")),
    Case("", ("Old Mr. Reed died.", "Young Mr Reed opened the shop. “Good morning,” said Arthur Reed.")),
    Case("", ("Tom's horse died.", "Tom sat on the step. Tom said nothing.")),
    Case("", ("Tom sold the grey horse at the fair.", "Tom saddled his black horse.")),
    Case("", ("Tom's father died when Tom was nine.", "Tom laughed.")),
    Case("", ("Mara's brother was dead.", "Mara put the kettle on.")),
    Case("", ("Mara had a scar on her left cheek.", "There was a scar on Tom's right cheek. Tom touched it.")),
    Case("", ("The scar on Mara's left cheek was white.", "The scar on Mara's left hand itched.")),
    # the same in other words
    Case("", ("Mara's eyes were grey.", "Mara's gray eyes were wet.")),
    Case("", ("Nell's hair was chestnut.", "Nell had brown hair and a limp.")),
    Case("", ("Tom had fair hair.", "Tom was a blond man. Tom's golden hair needed cutting.")),
    Case("", ("Mara was thirty-four.", "At thirty-four, Mara had no plans. Mara, 34, told the paper nothing.")),
    Case("", ("Mara's sister Anna came.", "Anna, Mara's younger sister, went home. Mara was Anna's sister.")),
    Case("", ("Anna was Tom's mother.", "Tom was the son of Anna.")),
    Case("", ("Tom was a tall man.", "Tom was short with her that day. Tom was short of money.")),
    Case("", ("Mara's eyes were green.", "Mara's eyes were red with weeping. Her eyes went black with rage.")),
    Case("", ("Tom was thirty.", "Tom was two hours late. Tom was one of the best. Tom was ten minutes away.")),
    # the bible, in its time
    Case(
        "",
        ("Mara's hair was black.", "Mara's hair was red."),
        (person("Mara Quill", facts=({"text": "Black hair.", "until": "s1"}, {"text": "Red hair.", "since": "s1"})),),
    ),
    Case(
        "",
        ("Mara ate an apple.", "They found her in the water."),
        (person("Mara Quill", facts=({"text": "Dead.", "since": "s1"},)),),
    ),
    Case(
        "",
        ("She found the bottle.", "Mara knew that Tom poisoned the well."),
        (person("Mara Quill", knows=({"text": "Tom poisoned the well", "since": "s0"},)), TOM),
    ),
    Case(
        "",
        ("The stranger had green eyes. Mara saw them.", "Mara's eyes were blue."),
        (person("Mara Quill", aliases=({"name": "Stranger", "since": "s1"},)),),
    ),
    Case(
        "",
        ("Silas was fifty-one.", "Silas was fifty-one."),
        (person("Silas", "51, runs the lamp shop. Dies in the last chapter."),),
    ),
    # time
    Case("", ("It was midnight. They slept at last. When Mara woke, it was a bright morning.",)),
    Case("", ("It was Monday. Tom packed the car.", "The next day they drove south. It was Tuesday.")),
    Case("", ("It was Monday. The days went by. It was Thursday before Tom had bread.",)),
    Case("", ("It was Monday. Tom packed the car.", "It was Friday, and the road was full.")),
    Case("", ("Monday. Rain.\n\nTuesday. Rain, and a letter from Tom.\n\nWednesday. The letter burned well.",)),
    Case("", ("It was evening. Somebody sang. It was night.",)),
    Case("", ("Dunmere lay north of Hask.", "Dunmere lay north of the river. Hask lay south of Dunmere.")),
    Case("", ("The left-handed boy threw well. Tom watched him.", "Tom was right-handed.")),
    Case("", ("Mara was left-handed.", "Mara took the cup with her right hand and the plate with her left.")),
)

# One story in the manner of old novels, with much in it that a hasty reader would take for a mistake.
_WRAPPED = (
    """Edith Vane was forty-one, and had been mistress of the lighthouse for eleven years. Her grey eyes were said to have been blue
before the sea got at them. “I was born with my mother’s eyes,” she told the boy, “and brown they were.” The boy, who was nine,
believed her.

Captain Harker came up the path at noon. He was a tall man with red hair and a Bible. When Edith was a girl of twelve, a captain
with black hair had brought her father home on a door; she thought of it whenever a captain came. “Walter is dead,” said Captain
Harker. He said it again, as if he had been asked to. It was evening before she answered him.

Walter had died on the Monday, off the Skerries. Edith had sold his boat in her mind a hundred times; now she would have to do it.""",
    """In the night she dreamed. Walter stood at the stove in the dream, and Walter said that his eyes had been green all along. He was
thirty again. He laughed and took off his hat.

She woke. The next morning was a Wednesday, or it felt like one. Captain Harker’s brother, who was left-handed and had no children,
signed the paper with his left hand; the captain signed with his right. “You have two sisters,” said the brother. “One,” said Edith.

If Walter had lived, he would have been forty-four in March. Perhaps he was alive. People had come back from the Skerries, and some
of them had even been sober.""",
    """Twenty years earlier the light had burned oil, and Walter Vane had climbed the stairs with a can in each hand. Edith was
twenty-one. Walter set down the cans. “Marry me,” said Walter, “or carry one of these.” Her hair was black then, and his was the
colour of tow.

She carried one.""",
    """The boat went for thirty pounds. The man who bought it had blue eyes and a wet cigar, and he asked Edith whether she knew what
she was selling. She did. She had known it since she was twelve. A week later she bought another, because the light has to be
reached somehow, and rowed her boat out beyond the bar to try it.

There was a portrait of Walter in the harbour office, done by somebody who had not met him. In it Walter smiled, and his eyes were
brown. Edith looked into them for some time. Her own were wet, and red, and by lamplight almost black.

“He had a cousin called Edith,” said the clerk. “Or was it an aunt?”

“A wife,” said Edith.""",
    """Years later the boy would say that Captain Harker had married her. He had not; he had only turned grey. By then Edith was
fifty-six, and Major Harker, who was no relation, kept the light. Harker’s hair was white. The boy was a man of twenty-four with a
boy of his own. He had never met Walter Vane, but he laughed like him.""",
)
PROSE = tuple(part.replace("\n\n", "\0").replace("\n", " ").replace("\0", "\n\n") for part in _WRAPPED)

# Written after the rules were done; the rules were not changed for them. A fairer measure of what is missed.
FRESH = (
    Case(
        "eyes",
        (
            "Oskar Lindqvist rubbed his tired blue eyes and read the telegram again.",
            "The doctor lifted the lid with his thumb. Oskar's eyes were brown, the pupils wide.",
        ),
    ),
    Case(
        "eyes",
        (
            "Priya came in out of the rain. She had startling green eyes and no umbrella.",
            "Priya frowned at the form. Her dark brown eyes moved down the page.",
        ),
    ),
    Case(
        "hair",
        (
            "The twins were easy to tell apart: Bea was dark, and Flo's hair was the colour of straw. Flo's yellow hair never stayed tied.",
            "Flo bent over the sink, and her black hair fell forward. Flo sighed.",
        ),
    ),
    Case(
        "hair",
        (
            "Ruth was a heavy woman with short grey hair and reading glasses on a string.",
            "Ruth brushed her long red hair a hundred times, as always.",
        ),
    ),
    Case(
        "hand",
        (
            "Being left-handed, Ines sat at the corner of every table.",
            "Ines was right-handed, so the blow must have come from the other side.",
        ),
    ),
    Case(
        "side", ("Gideon walked with a limp in his left leg since the quarry.", "Gideon's bad right leg dragged on the stairs.")
    ),
    Case(
        "age",
        ("At the time of the trial Dorothea was fifty-two.", "Dorothea, who was forty-six years old, refused to give her age."),
    ),
    Case(
        "age",
        (
            "Samir was eight. He counted the trucks.",
            "“How old are you?” asked the guard. Samir was six, and held up the fingers.",
        ),
    ),
    Case(
        "alive",
        (
            "They laid Agnes in the ground on a bright cold day. Agnes had died as she lived, complaining.",
            "“You're late,” said Agnes, and put the kettle on.",
        ),
    ),
    Case(
        "alive",
        (
            "The second shot killed Marcus. Marcus fell across the piano.",
            "Marcus was waiting on the platform with two coffees. He smiled when he saw her.",
        ),
    ),
    Case("alive", ("Uncle Bertil's funeral was on Tuesday.", "Uncle Bertil drove them home and talked about engines.")),
    Case(
        "has", ("Leila gave her grandmother's necklace to the girl at the border.", "Leila touched the necklace at her throat.")
    ),
    Case("has", ("Conrad sold the boat to a dentist.", "On Saturday Conrad took his boat out past the bar.")),
    Case("has", ("Ines dropped her phone into the canal.", "Ines pulled out her phone and called a taxi.")),
    Case(
        "knows", ("By then Samir knew that the bridge was mined.", "Samir walked on. He did not know that the bridge was mined.")
    ),
    Case("met", ("Priya shook hands with Oskar. Priya thanked Oskar twice.", "Priya had never met Oskar before the inquest.")),
    Case(
        "family", ("Dorothea's daughter, Ruth, ran the shop.", "Ruth was Dorothea's younger sister and never let her forget it.")
    ),
    Case(
        "family",
        (
            "Gideon lived with his brother Marcus above the bakery. Gideon liked the smell.",
            "Marcus, Gideon's nephew, was the first to go.",
        ),
    ),
    Case("siblings", ("Leila had no siblings.", "Leila's brother Samir met them at the gate.")),
    Case(
        "title",
        ("Inspector Agnes Roth lit a cigarette.", "“Sit down,” said Constable Agnes Roth. Constable Agnes Roth did not sit."),
    ),
    Case(
        "day", ("It was Wednesday. Conrad packed.", "The following morning was clear. It was Saturday, and the market was full.")
    ),
    Case("hour", ("It was noon when the whistle blew. Nobody moved. It was almost midnight, and the queue stood still.",)),
    Case("lies", ("The mill stood west of Ardley.", "The mill stood east of Ardley, past the church.")),
    Case("born", ("Conrad was born in Leith in 1890.", "Conrad was born in 1898, the youngest of six.")),
    Case("", ("Oskar's eyes were blue.", "Oskar wore brown lenses now; his eyes were brown. Oskar's eyes were brown.")),
    Case("", ("Priya's hair was black.", "In the sun Priya's hair was almost blue. Priya's black hair shone.")),
    Case("", ("Flo was eleven.", "That summer Flo had her birthday at sea. Flo was twelve.")),
    Case("", ("Agnes died on a Tuesday.", "Agnes's daughter laughed. Agnes's house was full of people eating.")),
    Case("", ("Marcus fell, and Leila thought that Marcus was dead.", "Marcus opened one eye. Marcus grinned.")),
    Case("", ("Conrad sold the boat to a dentist.", "Conrad watched the dentist take the boat out. Conrad missed his boat.")),
    Case(
        "",
        (
            "Samir did not know that the bridge was mined.",
            "Samir knew that the bridge was mined; the sergeant had drawn it on his hand.",
        ),
    ),
    Case("", ("Ruth was Dorothea's daughter.", "Dorothea was Ruth's mother, as she told everybody.")),
    Case("", ("Inspector Roth lit a cigarette.", "Her husband, Constable Roth, coughed.")),
    Case("", ("Gideon was fifty.", "Gideon stood by the mill. He was fifty yards from the house. Gideon was five minutes late.")),
    Case("", ("Ines was left-handed.", "Ines broke her left wrist in May. Ines wrote with her right hand, badly.")),
    Case("", ("Bea's brown eyes filled.", "Bea watched Flo. Flo's green eyes filled too. Her hands shook.")),
    Case(
        "",
        (
            "Leila had two brothers.",
            "After the war Leila had one brother. The other was buried at Alamein. Leila had one brother left.",
        ),
    ),
    Case(
        "",
        (
            "Bertil's funeral was on Tuesday.",
            "“Bertil,” said the medium. In the dark Bertil's voice said her name. Bertil had never spoken so softly.",
        ),
    ),
    Case(
        "",
        (
            "Samir was eight. He counted the trucks.",
            "The man Samir became would not sleep in rooms with a window. Thirty years later Samir was thirty-eight.",
        ),
    ),
    Case(
        "",
        (
            "Oskar lost his watch at cards.",
            "Oskar looked at the watch on the dead man's wrist. It had been his. Oskar's wrist was bare.",
        ),
    ),
)
