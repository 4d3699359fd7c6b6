"""Reports from the Northeast, and where they happened. Towns are real; people, outlets and events are invented.

A report: the outlet's state and the place of the event, the headline, the text as far as the first lines.
"""

import pytest

from crawler.places.gazetteer import Gazetteer
from crawler.places.scene import Home, find_scene
from tests.makers.placing import come_out, read_reports

REPORTS = """
MA | Waltham, MA
ICE agents detain landscaper in Waltham parking lot
Federal immigration agents detained a 34-year-old landscaper Tuesday morning in the parking lot of a hardware store
in Waltham, according to his wife and two witnesses. Marisol Peña said her husband, a native of Santa Ana, El
Salvador, was on his way to a job in Newton when unmarked cars boxed in his truck. He was being held Wednesday at the
Plymouth County Correctional Facility.

MA | Lynn, MA
Mother of three taken by ICE outside Lynn school
LYNN — A mother of three was taken into custody by U.S. Immigration and Customs Enforcement on Thursday after
dropping off her daughter at an elementary school on Western Avenue. Superintendent Lowell Jackson said no agents
entered the building. "We are heartbroken," said state Rep. Madison Salem.

MA | Attleboro, MA
Agents stop work van on I-95
Three roofers were arrested by ICE on Interstate 95 in Attleboro on Monday when agents pulled over their van near the
Route 123 exit, a lawyer for the men said. The men, who are from Guatemala, live in Central Falls, Rhode Island. They
were taken to the ICE field office in Burlington, the lawyer said.

MA | Chelsea, MA
Agentes de inmigración detienen a dos hermanos
Dos hermanos guatemaltecos fueron detenidos el martes por agentes de ICE en la ciudad de Chelsea, Massachusetts,
cuando salían de su casa rumbo al trabajo. Según su abogada, los jóvenes, originarios de San Marcos, Guatemala, no
tienen antecedentes penales y fueron trasladados a un centro de detención en Texas.

MA | Boston, MA
Two detained in East Boston as neighbors film
Two men were led away in handcuffs by immigration agents in Maverick Square on Saturday while neighbors in East
Boston filmed and blew whistles. Mayor Ana Reyes called the arrests "a stain." Senator Madison Warren said she had
asked Homeland Security for answers, the Boston Globe reported.

MA | Milford, MA
High school junior released on bond, judge rules
A Milford High School junior who was detained by ICE on his way to volleyball practice will be released on a $2,000
bond, an immigration judge in Chelmsford ruled Thursday. The teenager had been held for six days at the ICE office in
Burlington. Hundreds marched from the Milford Town Hall on Sunday.

MA | Essex County, MA
Sheriff: No, we do not hold people for ICE
Essex County Sheriff Kevin Danvers said Friday that his department has no agreement with federal immigration
authorities and does not hold detainees for ICE. The sheriff answered questions from residents about a rumor that
spread online last week.

MA | Worcester, MA
Crowd confronts agents on Eureka Street
WORCESTER - A crowd of about two dozen neighbors surrounded federal agents who were arresting a Brazilian woman on
Eureka Street on Thursday morning. City police officers arrested two people, including a school committee candidate.
The woman was later moved to the Wyatt Detention Facility in Rhode Island.

MA | Marlborough, MA
Restaurant closes after kitchen staff is arrested
A Marlboro restaurant has closed until further notice after ICE agents arrested four members of its kitchen staff
last week, its owner said. The Main Street eatery, open since 1998, posted the news on Instagram. "They were family,"
said owner Dan Lowell.

MA | Nantucket, MA; Martha's Vineyard, MA
Coast Guard boat carries detainees off the islands
About forty people were arrested Tuesday in an immigration operation on Nantucket and Martha's Vineyard, ICE said.
Detainees were seen being led in handcuffs onto a Coast Guard boat and brought to the mainland.

MA | Burlington, MA
Protesters mark 30th week at ICE office in Burlington
Several hundred people gathered Wednesday outside the ICE field office on District Avenue in Burlington, across from
the mall, for the 30th weekly vigil. They came from Lexington, Arlington and Bedford. "Boston wants its neighbors
back," read one sign.

MA | Framingham, MA
'Where is my dad?' Fifth-grader asks council
FRAMINGHAM — A fifth-grader told the City Council on Tuesday how ICE took her father from their car at a gas station
on Route 9. The family is from Governador Valadares, Brazil. Her father was deported to Belo Horizonte last week
after being flown to Alexandria, Louisiana.

MA | Plymouth, MA
Plymouth jail remains the only county facility that holds for ICE
The Plymouth County Correctional Facility held 412 immigration detainees on Monday, the most since 2008. It is the
last county jail in Massachusetts with a contract with ICE. Sheriff Joseph Carver Jr. defended the contract at a
meeting of the county commissioners.

RI | Central Falls, RI
ICE takes father near day care
Agents arrested a 41-year-old father outside a Central Falls day care on Wednesday morning, Mayor Rosa Lima said. The
man was taken to Burlington, Massachusetts, for processing. Lima said the police department had not been told.

CT | Hamden, CT
Car wash raid shakes town
HAMDEN, Conn. (AP) — Eight workers were arrested Wednesday when federal agents raided a car wash on Dixwell Avenue,
town officials said. The workers were driven to Hartford and then to Massachusetts, according to a New Haven advocacy
group.

CT | Danbury, CT
ICE at the courthouse again
Two more people were taken outside the courthouse in Danbury this week, bringing the number of arrests there to 19
since July, according to a local group. Attorney General Helen Kim said he was reviewing
videos.

NH | Dover, NH; Strafford County, NH
Strafford County jail sees jump in ICE detainees
DOVER, N.H. — The number of people held for ICE at the Strafford County jail has doubled since spring, Superintendent
Paul Keene told county commissioners. Most were arrested in Massachusetts.

NH | Merrimack, NH
Town fights plan for warehouse detention center
MERRIMACK — Town councilors voted unanimously Thursday to oppose a plan of Immigration and Customs Enforcement to
turn an empty warehouse off Robert Milligan Parkway into a detention center. Gov. Dana Hale said she had not been
informed. Residents came from Nashua and Bedford to speak.

ME | Lewiston, ME
Agents seen at Lewiston apartment complex
At least four people were arrested by immigration agents in Lewiston on Tuesday as part of what officials call
Operation Catch of the Day. Mayor Carl Lewis urged residents to know their rights. In Portland, schools reported that
a tenth of pupils stayed home.

NY | New York, NY
Corona parents keep children home after arrests
Families in Corona, Queens, kept their children home from school Friday after ICE arrested three men near Junction
Boulevard. City Councilman Eugene Ortiz said the neighborhood was living in fear. The men are from Ecuador; one had
lived in Port Chester until last year.

NY | New York, NY
Hearing ends in arrest at Federal Plaza
An Ecuadorian woman collapsed in the hallway at 26 Federal Plaza on Thursday after agents arrested her husband, who
had come for an immigration hearing. Mayor Austin Adams said the city had no part in it. The husband was sent to
Delaney Hall in Newark.

NY | Hempstead, NY; Nassau County, NY
Video shows agents chasing man through deli
Hempstead Village officials want answers after masked agents chased a man through a deli on Fulton Avenue on Monday.
Nassau County police, who have a 287(g) agreement with ICE, said they were not involved.

NJ | Princeton, NJ
Landscapers arrested on Witherspoon Street
Four landscapers were detained by ICE in Princeton on Thursday morning. The municipality's human services director
said families were being helped. Two of the men were moved to the Elizabeth Contract Detention Facility by evening.

NJ | Edison, NJ; Middlesex County, NJ
Warehouse workers taken in raid
EDISON, N.J. — Immigration agents arrested 29 people at a warehouse in Middlesex County on Wednesday, the second raid
on a customs-bonded warehouse this summer. Workers said they hid on racks for hours.

PA | Philadelphia, PA
ICE arrests 12 at Juniata supermarket
Agents arrested a dozen workers of a supermarket in North Philadelphia's Juniata section Thursday, the Juntos group
said. District Attorney Troy Lane said his office was looking into complaints. Some of the workers were taken to the
Moshannon Valley Processing Center.

PA | Norristown, PA; Montgomery County, PA
Norristown vigil remembers those taken
More than 200 people stood with candles outside the Montgomery County courthouse in Norristown on Sunday night for
neighbors who were taken by ICE. Organizers said that forty people in the borough have been arrested since June.

DE | Georgetown, DE; Sussex County, DE
Poultry workers detained on way to plant
GEORGETOWN, Del. — Two poultry workers were detained by ICE agents on their way to a plant in Sussex County early
Monday. Georgetown has one of the biggest Guatemalan communities on the Delmarva Peninsula.

NJ | Morristown, NJ
MORRISTOWN RESIDENTS SHAKEN BY ICE ARRESTS AT LAUNDROMAT
Seven people were arrested by immigration agents in a laundromat on Speedwell Avenue on Sunday, among them a high
school student, Mayor Tim Boonton said.

MA | Waltham, MA
ice raid in waltham leaves family without father
A family of five is without its father after agents took him from his car on Moody Street, neighbors said.

MA | Lawrence, MA
lawrence mayor: police won't help ice
Mayor Bruno Díaz said the city's officers would not join raids. Lawrence, where four of five residents are Latino,
has seen a dozen arrests this month.

NY | Rochester, NY
Roofing crew sues over arrests in Rochester
Three roofers arrested by ICE on a Rochester roof in September sued the government on Monday in the U.S. District
Court in Buffalo. They were kept at Batavia for six weeks.

NY | Sackets Harbor, NY; Jefferson County, NY
Village of 1,300 brings family home
A mother and three children taken by ICE from a dairy farm near Sackets Harbor are home again after a march of a
thousand neighbors. They had been sent to Karnes County, Texas. The village lies in Jefferson County.

NH | Manchester, NH
Cook's husband held after traffic stop
A husband and father of two was picked up by immigration officers after a Manchester police officer stopped him for
an expired inspection sticker on Elm Street, his wife told the Union Leader. He has been transferred twice, first to
Strafford County and then to Central Louisiana.

NH | Hollis, NH
Orchard loses pickers days before harvest
Three apple pickers who work each fall at an orchard in Hollis were taken Tuesday by federal agents as they bought
groceries, the owner said. The Jamaican men have H-2A visas. State Sen. Dora Finch of Stratham called for answers.

MA | Gloucester, MA
'He went out for coffee': fisherman gone for 9 days
GLOUCESTER — Nobody on the dock at Harbor Loop knew where Tiago Alves went. Nine days later his sister in Somerville
found him in ICE's online locator: he was at a jail in Berlin, New Hampshire. Alves came from the Azores as a boy.

MA | Hyannis, MA; Barnstable, MA
Five taken in early-morning sweep on Cape
HYANNIS – Five Brazilian and Ecuadorian men were arrested by ICE before dawn Wednesday in the village's west end.
Barnstable Police Chief June Ellis said her officers had no part in it. The men were driven to Burlington.

MA | Fitchburg, MA
Mother clings to husband in viral Fitchburg video
Video shows a man having what seems a seizure as agents try to pull him from his car while holding his toddler on
Kimball Street in Fitchburg. DHS says he faked it. Fitchburg police kept the crowd back; the family lives in
Leominster.

RI | Cranston, RI
Judge frees Cranston tailor
A federal judge in Providence on Thursday ordered ICE to free a Cranston tailor held at the Wyatt in Central Falls
for seven weeks. Rui Tavares was arrested outside his Reservoir Avenue shop.

CT | Meriden, CT; Hartford, CT
High schooler's deportation stuns Meriden
MERIDEN — Four days before graduation, a Maloney High School senior and his father were arrested at a check-in in
Hartford and then deported to Mexico. "He was our quiet leader," coach Chris Dover said.

CT | Southington, CT
4 detained at Southington car wash
Southington police say they had no notice before ICE agents came to a car wash on Queen Street on Wednesday and took
four employees. State Rep. Windsor Clark said families were calling from as far as Waterbury.

ME | Wells, ME
Only Maine department with ICE deal ends it
The Wells Police Department, the only one in Maine that signed a 287(g) agreement, has ended it, Chief Jo Harlow said
Friday. An officer from Jamaica who worked in Old Orchard Beach was arrested in July.

NJ | Roxbury, NJ
Roxbury officials: We never agreed to warehouse
Roxbury Township's mayor and council, all Republicans, said ICE has bought a warehouse off Route 46 without asking.
Morris County commissioners met on Monday. Delaney Hall in Newark is full.

PA | Reading, PA
Arrests at Reading gas station draw crowd
Three men were arrested by ICE at a Reading gas station on North Ninth Street on Monday as about fifty people
shouted. Berks County has cooperated with ICE for years, said Bridget Camden, a lawyer.

PA | Pittsburgh, PA; ?Ambridge, PA
Ambridge restaurant owner's arrest in Pittsburgh
PITTSBURGH — A restaurant owner from Ambridge was arrested by ICE at its South Side office when he came to sign
papers, his daughter said. He is at Northeast Ohio Correctional Center in Youngstown.
"""


@pytest.mark.parametrize(("state", "places", "title", "text"), read_reports(REPORTS), ids=lambda value: str(value)[:40])
def test_these_places_come_out_and_no_others(
    gazetteer: Gazetteer, state: str, places: str, title: str, text: str
) -> None:
    found = find_scene(gazetteer, title, text, Home(state=state))
    assert [str(f.place) for f in found] == come_out(places)
    assert all(0 < f.confidence <= 1 and f.sentence in f"{title}\n{text}" for f in found)
