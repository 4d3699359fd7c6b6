"""Reports from all over the country, and where they happened. Towns are real; people, outlets and events are invented.

A report: the outlet's state and the place of the event, the headline, the text as far as the first lines.
"""

import pytest

from crawler.places.gazetteer import Gazetteer
from crawler.places.scene import Home, find_scene
from tests.makers.placing import come_out, read_reports

REPORTS = """
MD | Hyattsville, MD
Video of arrest at Hyattsville bus stop draws anger
Prince George's County Executive Ada Laurel condemned on Friday the arrest of a man at a bus stop in Hyattsville. A
witness recorded an agent who dropped his gun. The man was held over night in a room in the Baltimore federal
building.

VA | Arlington, VA
Agents arrest two outside Arlington courthouse
Two men were arrested by plainclothes immigration agents as they left the courthouse in Arlington on Tuesday, their
lawyer said. Commonwealth's Attorney Irene Marsh said witnesses will be afraid to come. The men are detained at
Caroline Detention Facility in Bowling Green.

VA | Manassas, VA
Construction site empties in Manassas
A construction site in Manassas was empty Thursday, a day after ICE arrested nine carpenters there. Prince William
County supervisors will discuss the raid next week. One of the carpenters, from San Pedro Sula, has a wife and two
children in Woodbridge.

NC | Charlotte, NC; Mecklenburg County, NC
Church yard arrests rattle east Charlotte
A man was arrested Saturday in the yard of an east Charlotte church as members raked leaves, the pastor said.
Mecklenburg County Sheriff Glenn Holt said his office had no part. Charlotte-Mecklenburg police said the same.

NC | Durham, NC
ICE en Durham: cuatro arrestados frente a la corte
DURHAM, Carolina del Norte — Cuatro personas fueron arrestadas por agentes vestidos de civil en el juzgado del
condado de Durham el miércoles, según una organización. El alcalde Mario Vega dijo que la policía local no participó.

SC | Columbia, SC
ICE detention in Columbia? Council says no
The Columbia City Council passed a resolution against plans for a new ICE detention center off Shop Road on Tuesday.
Richland County officials said they had no notice of the plan. Mayor Paul Ames voted in favor.

FL | Wimauma, FL
Farm workers' van stopped near Wimauma
Highway troopers stopped a van of farm workers near Wimauma on Friday and handed six passengers to ICE. Hillsborough
County Sheriff Orlando Pike said his deputies were not there. A passenger said they were on their way to Plant City.

FL | Orlando, FL
Wife of Marine taken at check-in
The wife of a Marine veteran was arrested by ICE at her annual check-in in Orlando on Monday. The couple, who live in
Kissimmee, had expected a ten-minute visit. She came from Camagüey, Cuba, in 2019.

OH | Columbus, OH
ICE surge reaches Columbus' Somali shops
Somali restaurants on Cleveland Avenue in Columbus were nearly empty on Friday as ICE began Operation Buckeye. Mayor
Gary Stone said city police would not help. Two men were sent to the Butler County Jail in Hamilton.

MI | Detroit, MI; ?Port Huron, MI
Teen on field trip held by agents in southwest Detroit
A student at Western International High School was detained on the way to a field trip in southwest Detroit,
advocates said. Rep. Lima Orr wrote to ICE. The 18-year-old was held in Monroe and then at the St. Clair County jail
in Port Huron.

IL | Chicago, IL
Little Village shuts doors as agents roll down 26th Street
Shops on 26th Street in Little Village locked their doors Wednesday as a convoy of SUVs drove by. Ald. Houston Diaz
said at least five people were taken, among them a tamale vendor. Others were taken in neighbouring Cicero, the
Chicago Tribune reported.

WI | Madison, WI; Dane County, WI
Dane County judge wants ICE kept from courthouse
MADISON, Wis. — A Dane County judge asked Tuesday for rules that would keep ICE agents from public areas of the
courthouse. A similar case in Milwaukee ended with the trial of Judge Hanna Keller.

MN | Worthington, MN; Nobles County, MN
Worthington packers on edge
WORTHINGTON – Every third worker stayed home Monday at the pork plant, union officials said. ICE arrested two people
outside a Catholic church on Sunday. Nobles County jail holds ICE detainees under a federal contract.

OK | Norman, OK
OU student held after traffic stop
A University of Oklahoma student from Norman was handed over to ICE after a traffic stop on State Highway 9 in
Norman, her lawyer said Monday. She is held at the Cimarron facility in Cushing. Cleveland County Sheriff Dean Holt
defended the practice.

TX | Los Fresnos, TX
Bakery owners charged with harboring
The owners of a bakery in Los Fresnos were charged with harboring after ICE agents found eight workers without
papers. Leo Barrios, 55, and his wife appeared in federal court in Brownsville.

TX | Austin, TX
Call to police ends in deportation
A mother who called 911 in north Austin over a quarrel was handed to ICE with her daughter, a citizen. Chief Savannah
Cole is reviewing the rules. Austin Marlow, a researcher at Syracuse University, said such transfers grow.

CO | Durango, CO
Agents use rubber bullets on Durango protesters
DURANGO — Federal agents fired rubber bullets Tuesday at people who blocked the gate of the ICE office at Bodo Park.
A father and two children from Colombia had been arrested on the way to school. La Plata County Sheriff Ray Moss kept
his deputies away.

AZ | Marana, AZ
Marana residents fill hall over prison plan
Hundreds came to a Marana Town Council meeting to oppose a plan to use a closed prison as an ICE detention center.
The town, northwest of Tucson, sold the state no land. MTC owns the prison.

NM | Estancia, NM; Torrance County, NM
Torrance County keeps ICE contract
s of Torrance County voted 2-1 to renew the ICE contract of the Torrance County Detention Facility in Estancia. Sen.
Milton Gray had urged them not to. The 505-bed jail is run by CoreCivic.

CA | Los Angeles, CA
Boyle Heights church offers rides
A church in Boyle Heights offers rides to the doctor for people who fear raids. Father Noel Hart said that attendance
fell by a third. Volunteers come from Pasadena and Whittier.

CA | Santa Ana, CA
Father of three Marines punched during arrest
SANTA ANA, Calif. — A landscaper whose three sons are U.S. Marines was punched by Border Patrol agents as they
arrested him outside an IHOP on Saturday. He was held in a downtown Los Angeles basement, then in Adelanto.

CA | California City, CA; Kern County, CA
Largest detention center in state opens in desert
CALIFORNIA CITY – CoreCivic has begun to hold ICE detainees in its former prison here without a city permit, Kern
County advocates say. It can hold 2,560 people. Attorney General Ross Lane sent inspectors.

WA | Bellingham, WA
Roofing workers from Bellingham raid: where are they now
Most of the 37 roofers arrested last April at a Bellingham company have been deported, the Whatcom immigrant
coalition said. They were held in Tacoma. One, from Michoacán, lives with his sister in Lynden again.

HI | Kahului, HI; Maui County, HI
Teachers held at gunpoint on Maui
Ten Filipino teachers were held for an hour at gunpoint in their house in Kahului by federal agents who sought
someone else, the union said. They teach on Maui with J-1 visas.

NV | Washoe County, NV
Washoe sheriff on ICE: 'We book, they decide'
Washoe County Sheriff Darin Balaam told a Reno forum Wednesday that his jail tells ICE of every foreign-born inmate.

TX | San Antonio, TX
Detenidos 140 en un club nocturno
SAN ANTONIO.- Agentes federales detuvieron a más de 140 personas en una redada en un club nocturno del norte de la
ciudad la madrugada del domingo, informó el FBI. Entre los detenidos hay venezolanos del estado Zulia y de Maracaibo.

CA | Los Angeles, CA
Redada en Home Depot de Westlake
LOS ÁNGELES — Agentes de la Patrulla Fronteriza salieron de un camión alquilado y detuvieron a 16 jornaleros en un
Home Depot del barrio de Westlake. La alcaldesa Carmen Ruiz condenó el operativo. Varios detenidos son de Puebla y
Oaxaca.

CA | Oxnard, CA
ICE PROTEST TURNS VIOLENT IN OXNARD; 3 HURT
Three people were hurt when a pickup hit a line of demonstrators outside a packing house.

WA | Vancouver, WA
VANCOUVER — Man pulled from car near school
A man was pulled from his car by immigration agents near Hudson's Bay High School on Tuesday. Clark County leaders
said they were not told. The man, who has lived in Washington since 2009, was brought to Tacoma.

TX | Laredo, TX; Webb County, TX
Webb County leaders reject warehouse jail
LAREDO, Texas — Webb County commissioners voted Monday against a plan of ICE to hold 1,500 people in a warehouse off
Mines Road.

NC | Raleigh, NC; ?Charlotte, NC; Cary, NC; Wake County, NC
Wake County grocery stores close as agents arrive
Agents were seen in Raleigh and Cary on Tuesday, the mayors of both cities said, a day after arrests in Charlotte
passed 200. Several groceries closed.

IL | Waukegan, IL
WAUKEGAN ALDERMAN DETAINED? COUSIN TAKEN, CITY HALL WORKERS SAY
Federal agents on Monday took a man outside Waukegan City Hall, Mayor Sam Barrington said. Naval Station Great Lakes
nearby serves as a base for the agents.

IL | Chicago, IL
Pilsen march for tamalera
Hundreds marched through Pilsen on Sunday, from Benito Juarez High School to Harrison Park, to demand the release of
a tamale vendor taken near a Back of the Yards Home Depot.

WI | Milwaukee, WI
Hmong mother of five sent to Laos
A Milwaukee mother who came to America as a baby was deported to Laos in March, a land she never saw. She was held in
Dodge County and then in Indiana before the flight.

CA | Downey, CA; Whittier, CA; Montebello, CA
Pastors confront agents at Downey church lot
Masked agents took a man from the parking lot of Downey Memorial Christian Church on Wednesday morning. Pastor Tania
Moreno said they pointed a rifle at her. Agents came to two car washes in Whittier and Montebello that day.

CA | Monterey Park, CA; Alhambra, CA
Video: agents chase workers in San Gabriel Valley
Agents in unmarked cars detained people at a car wash in Monterey Park and a Home Depot in Alhambra on Thursday. A
county supervisor asked residents to record safely.

OR | Newport, OR
Helicopter is back in Newport, for now
NEWPORT – A federal judge in Eugene ordered the Coast Guard to return its rescue helicopter to Newport, where
residents believe ICE plans a detention center at the airport. Lincoln County joined the suit.

WA | Kent, WA
ICE raid leads to 17 arrests in Kent
Seventeen workers at a Kent firm that makes playground parts were arrested Tuesday, according to a search warrant
from the Western District of Washington in Seattle. They were taken to the Tacoma center.

CO | Grand Junction, CO
Deputy's chat led ICE to Utah nursing student
A Mesa County deputy shared a driver's details in a chat with federal agents, and minutes later ICE arrested the
University of Utah student near Grand Junction. She spent 15 days in Aurora.

AZ | Tucson, AZ; Sahuarita, AZ; ?Mesa, AZ
Congresswoman pepper-sprayed at taco shop raid
U.S. Rep. Adela Mesa said agents sprayed her as she stood with constituents during a raid at a Tucson taco shop on
the west side Friday. Search warrants were also served in Sahuarita, DHS said.
"""


@pytest.mark.parametrize(("state", "places", "title", "text"), read_reports(REPORTS), ids=lambda value: str(value)[:40])
def test_these_places_come_out_and_no_others(
    gazetteer: Gazetteer, state: str, places: str, title: str, text: str
) -> None:
    found = find_scene(gazetteer, title, text, Home(state=state))
    assert [str(f.place) for f in found] == come_out(places)
    assert all(0 < f.confidence <= 1 and f.sentence in f"{title}\n{text}" for f in found)
