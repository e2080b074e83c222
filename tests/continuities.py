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


def manuscript(scenes: tuple[str, ...], entries: tuple[Entry, ...] = (), titles: tuple[str, ...] = (), settled: tuple[str, ...] = ()) -> Manuscript:
    chapters = tuple(
        Chapter(id=f"c{i}", title=titles[i] if titles else "", scenes=(Scene(id=f"s{i}", text=text, ledger=by_hand(text) if text else Ledger()),))
        for i, text in enumerate(scenes)
    )
    return Manuscript(chapters=chapters, bible=Bible(entries=entries), settled=settled)


def person(name: str, text: str = "", id: str = "", **more: object) -> Entry:
    return Entry.model_validate({"id": id or name.split()[0].lower(), "name": name, "text": text, **more})


MARA, TOM = person("Mara Quill"), person("Tom Hale")

PLANTED = (
    # eyes
    Case("eyes", ("Mara lifted her green eyes to the window. Rain was coming.", "The lamp went out. Mara's eyes were blue, and they never left the door.")),
    Case("eyes", ("Tom had brown eyes and a quick smile.\n\nHe put the kettle on.", "“Come in,” said Tom. His blue eyes were kind.")),
    Case("eyes", ("Blue-eyed Anna ran ahead of the others.", "Anna was a thin girl with dark brown eyes. She ran home.")),
    Case("eyes", ("Mara sat down by the fire.", "Mara's brown eyes shone in the dark."), (person("Mara Quill", "Green eyes, quick temper."),)),
    Case("eyes", ("Old Silas looked up, and Silas's pale grey eyes were wet.", "Nobody liked the way Silas stared. His eyes were brown.")),
    Case("eyes", ("Elena was green-eyed, like all her people. Elena sang.", "Elena turned. Her grey eyes found the captain and stayed there.")),
    Case("eyes", ("Mara waited. Her hazel eyes followed the boat.", "Years of salt had not dulled Mara's bright blue eyes.")),
    # hair
    Case("hair", ("Mara's black hair hung to her waist.", "Mara tied back her blonde hair and went out to the goats.")),
    Case("hair", ("Tom was a big man with red hair. Tom laughed easily.", "The wind pulled at Tom's black hair.")),
    Case("hair", ("Ivy shook out her long blonde hair.", "Ivy was a small woman with dark brown hair and no patience.")),
    Case("hair", ("Piers arrived at noon.", "Piers ran a hand through his fair hair."), (person("Piers Lund", "Tall. Hair: black. Sails badly."),)),
    Case("hair", ("Red-haired Nell carried the tray. Nell was late.", "Nell's hair was black, and she wore it short.")),
    Case("hair", ("Captain Reed had white hair and a young man's walk.", "Captain Reed took off his hat. His hair was black.")),
    # hand, sides, height
    Case("hand", ("Mara was left-handed, which the nuns had tried to cure.", "Mara wrote with her right hand, slowly, her tongue between her teeth.")),
    Case("hand", ("Tom, who was right-handed, held the bat badly.", "Tom signed the paper with his left hand.")),
    Case("hand", ("Jonas carved a spoon.", "Jonas was right-handed and proud of the knife."), (person("Jonas", "A left-handed carpenter."),)),
    Case("side", ("Silas had lost his left arm at Jutland.", "Silas had lost his right arm in the war and did everything slowly.")),
    Case("side", ("The scar on Mara's left cheek was white.", "Mara touched the mirror. The scar on her right cheek had faded.")),
    Case("side", ("Brandt was blind in his right eye.", "Brandt was blind in the left eye and turned his whole head to look at her.")),
    Case("side", ("Old Peter limped on his left leg.", "Peter limped on his right leg across the yard.")),
    Case("height", ("Hugo was a tall man who bumped his head on beams.", "Hugo was a short man, and the coat reached his ankles.")),
    # age, birth
    Case("age", ("Mara was thirty-four. The house was older.", "Mara was twenty-nine, and tired of parties.")),
    Case("age", ("“Happy birthday,” they said. Tom turned forty that day.", "Tom was thirty-eight and had never owned a dog.")),
    Case("age", ("Seventeen-year-old Ivy climbed the wall.", "Ivy, 15, was the last to be found. Ivy did not cry.")),
    Case("age", ("Nell was twelve years old. She could read anything.", "That same week Nell was sixteen, and nobody stopped her at the gate.")),
    Case("age", ("Silas opened the shop.", "Silas was fifty-one and felt every year of it."), (person("Silas", "Aged 68. Runs the lamp shop."),)),
    Case("age", ("Ivy was nineteen. She slept badly.", "Ivy was thirty. She slept badly."), (), ("1920", "1923")),
    Case("born", ("Brandt was born in 1912 in a house without stairs.", "Brandt was born in 1921, the year of the flood.")),
    Case("born", ("Brandt came up the stairs.", "Brandt had been born in 1930."), (person("Brandt", "Born 1918, Hamburg."),)),
    # alive
    Case("alive", ("Silas died in the night. They buried him on Sunday.", "“Pass the salt,” said Silas. He reached across Mara for the bread.")),
    Case("alive", ("Tom was shot dead at the gate.", "The kitchen was warm. Tom poured the tea and sat down.")),
    Case("alive", ("Nobody spoke. Old Peter was dead.", "They walked all morning.", "Peter nodded and took the oars.")),
    Case("alive", ("Mara stood at Brandt's grave was how she put it later. Brandt's coffin was plain. Brandt was buried on a Monday.", "Brandt laughed and opened the door for her.")),
    Case("alive", ("Elena drowned off the point in March.", "At the market Elena picked out three lemons and paid.")),
    Case("alive", ("Hugo smiled and shut the book. Hugo went up to bed.", "Hugo had been dead for ten years.")),
    Case("alive", ("The bomb killed Jonas at once. They had killed Jonas, and for nothing.", "Jonas walked in with snow on his boots.")),
    Case("alive", ("Mara came home.", "Mara ate an apple at the window.", "Mara smiled."), (person("Mara Quill", facts=({"text": "Dead.", "since": "s1"},)),)),
    # has
    Case("has", ("Tom sold his horse at the fair.", "At dawn Tom saddled his horse and rode north.")),
    Case("has", ("Mara threw the silver watch into the river.", "Mara checked her silver watch. Ten past nine.")),
    Case("has", ("Ivy lost her ring in the snow.", "Ivy twisted her ring while the priest talked.")),
    Case("has", ("Silas had pawned his violin for the rent.", "Silas tuned his violin and did not play.")),
    Case("has", ("Jonas gave his knife to the boy.", "Jonas opened his knife and cut the rope.")),
    Case("has", ("Brandt smashed the camera on the step.", "Brandt raised his camera. The crowd turned.")),
    # knows, met
    Case("knows", ("Mara knew that Silas had hidden the letters in the clock.", "Mara did not know that Silas had hidden the letters in the clock.")),
    Case("knows", ("Tom learned where the gold was buried that night.", "Tom had no idea where the gold was buried.")),
    Case("knows", ("Mara knew that Tom poisoned the well.", "They drank.", "She found the bottle."), (person("Mara Quill", knows=({"text": "Tom poisoned the well", "since": "s2"},)), TOM)),
    Case("met", ("Mara met Brandt at the ferry, and they shook hands.", "Mara had never met Brandt, but she knew the name.")),
    Case("met", ("On the stairs Tom kissed Elena.", "Tom had never seen Elena before that evening.")),
    # family
    Case("family", ("Mara's sister Anna came on Friday.", "Mara's cousin Anna brought the cake.")),
    Case("family", ("Anna was Tom's mother, and she let him know it.", "Anna, Tom's aunt, sat by the stove.")),
    Case("family", ("Silas's brother Peter kept bees.", "Peter was the son of Silas and looked like him.")),
    Case("family", ("Tom's mother, Greta, wept.", "Tom's mother, Louise, was a dancer. Louise and Greta never met.")),
    Case("family", ("Mara hated winter. Her brother Jonas did not.", "Jonas waited."), (person("Mara Quill"), person("Jonas Vale", "Mara's husband."))),
    Case("siblings", ("Ivy was an only child and liked it.", "Ivy's sister Nell was already there.")),
    Case("siblings", ("Hugo had three brothers. None of them wrote.", "Hugo had two brothers, both tall.")),
    Case("siblings", ("Brandt had no brothers or sisters.", "Brandt's brother Emil drove too fast.")),
    Case("family", ("Tom's wife Elena slept late.", "Tom had never married.")),
    # titles
    Case("title", ("Captain Hale read the order twice.", "“No,” said Sergeant Hale."), (person("Tom Hale"),)),
    Case("title", ("Colonel Mara Quill saluted.", "The door opened and Major Mara Quill came in.")),
    # time
    Case("hour", ("It was midnight, and the street lay empty. Mara walked faster. It was a bright afternoon, and children played in the road.",)),
    Case("day", ("It was Monday. The baker was shut. Tom rattled the door, swore, and crossed the road. It was Thursday, and Tom had no bread.",)),
    Case("day", ("It was Monday. Tom packed the car.", "The next day they drove south. It was Friday, and the road was full.")),
    Case("date", ("It was the third of May. The letter lay on the mat, unopened. It was the ninth of May, and Tom put on his hat.",)),
    # the lie of the land
    Case("lies", ("Dunmere lay north of Hask, a day on foot.", "Dunmere lay south of Hask, where the marsh begins.")),
    Case("lies", ("Hask stood east of Dunmere.", "They asked the way. Dunmere lay east of Hask.")),
)

CLEAN = (
    # changed on the page
    Case("", ("Mara's black hair hung to her waist.", "Mara dyed her hair in the sink. An hour later Mara's hair was blonde.")),
    Case("", ("Tom sold his horse at the fair.", "In May Tom bought a horse from the miller.", "Tom saddled his horse and rode north.")),
    Case("", ("Mara was thirty-four. The house was older.", "Ten years later Mara was forty-four and still there.")),
    Case("", ("Ivy lost her ring in the snow.", "Ivy found the ring when the thaw came. Ivy twisted her ring and laughed.")),
    Case("", ("Silas died in the night.", "Silas's ghost came at noon. “Pass the salt,” said Silas.")),
    Case("", ("Captain Hale read the order twice.", "They promoted Hale in June. Major Hale bought a better coat."), (TOM,)),
    Case("", ("Tom's wife Elena slept late.", "After the divorce Tom married again. Tom's wife Greta rose early.")),
    Case("", ("Tom had black hair then. Tom's hair was black.", "The war was long. Tom's hair was grey.")),
    Case("", ("Mara knew that Silas had hidden the letters in the clock.", "The fever took it all. Mara had forgotten; Mara did not know that Silas had hidden the letters in the clock.")),
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
    Case("", ("Mara's hair was black.", "Mara's hair was red."), (person("Mara Quill", facts=({"text": "Black hair.", "until": "s1"}, {"text": "Red hair.", "since": "s1"})),)),
    Case("", ("Mara ate an apple.", "They found her in the water."), (person("Mara Quill", facts=({"text": "Dead.", "since": "s1"},)),)),
    Case("", ("She found the bottle.", "Mara knew that Tom poisoned the well."), (person("Mara Quill", knows=({"text": "Tom poisoned the well", "since": "s0"},)), TOM)),
    Case("", ("The stranger had green eyes. Mara saw them.", "Mara's eyes were blue."), (person("Mara Quill", aliases=({"name": "Stranger", "since": "s1"},)),)),
    Case("", ("Silas was fifty-one.", "Silas was fifty-one."), (person("Silas", "51, runs the lamp shop. Dies in the last chapter."),)),
    # time
    Case("", ("It was midnight. They slept at last. When Mara woke, it was a bright morning.",)),
    Case("", ("It was Monday. Tom packed the car.", "The next day they drove south. It was Tuesday.")),
    Case("", ("It was Monday. The days went by. It was Thursday before Tom had bread.",)),
    Case("", ("It was Monday. Tom packed the car.", "It was Friday, and the road was full.")),
    Case("", ("It was evening. Somebody sang. It was night.",)),
    Case("", ("Dunmere lay north of Hask.", "Dunmere lay north of the river. Hask lay south of Dunmere.")),
    Case("", ("The left-handed boy threw well. Tom watched him.", "Tom was right-handed.")),
    Case("", ("Mara was left-handed.", "Mara took the cup with her right hand and the plate with her left.")),
)
