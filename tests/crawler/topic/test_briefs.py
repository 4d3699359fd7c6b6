"""Briefs whose headline says little: the text decides whether they are about ICE activity."""

import pytest

from crawler.topic.choice import chosen

TOPIC = chosen().topic

ACTIVITY = [
    (
        "FEDERAL RAID AT TEXTILE MILL LEAVES FAMILIES SEARCHING FOR ANSWERS",
        (
            "Immigration officers entered the mill shortly after 7 a.m. on Tuesday and took 61 workers away in "
            "white buses, the union said. Lawyers had found only nine of them by nightfall."
        ),
    ),
    (
        "Know Your Rights cards fly off the shelves at Chelsea library",
        (
            "The red cards tell people what to do if immigration officers knock on the door. The library has "
            "handed out 4,000 since January, when arrests in the city began to rise, and has ordered more in "
            "Portuguese and Haitian Creole."
        ),
    ),
    (
        "Beloved barber taken on his way to work",
        (
            "Customers of a small barbershop on Main Street in Milford arrived on Saturday to a locked door. Its "
            "owner, Edwin Paredes, 39, had been stopped by agents in tactical vests two blocks away and taken to "
            "a federal detention center in Rhode Island, his wife said. Paredes, who came from Ecuador in 2009, "
            "has no criminal record and a pending asylum case. His lawyer filed a petition to stop his removal."
        ),
    ),
    (
        "Car wash workers detained in Norwalk",
        (
            "Four workers were detained Wednesday morning when Homeland Security agents in green vests surrounded"
            " a car wash on Imperial Highway, witnesses said. Relatives said they had been told the men were "
            "being held downtown and may be sent to Mexico."
        ),
    ),
    (
        "Farmers worry about who will pick the cherries",
        (
            "Growers in the valley say a third of their pickers did not show up this week. Rumors of immigration "
            "raids on neighboring orchards spread by text message. 'People are scared to drive to work,' said one"
            " foreman. Two workers were taken into custody by federal agents on Monday on Highway 97."
        ),
    ),
    (
        "Candlelight vigil held for teacher held in Tacoma",
        (
            "About 200 people gathered outside the Northwest Detention Center on Sunday to demand the release of "
            "a Seattle preschool teacher who was taken into custody at a scheduled immigration appointment. 'She "
            "is not a criminal. She is our neighbor,' said one parent."
        ),
    ),
    (
        "Man wounded by federal agent in traffic stop had no warrant, family says",
        (
            "The family of a man shot by a federal immigration officer on Route 9 said on Thursday that he was on"
            " his way to a paint store. The Department of Homeland Security said the officer fired in self-"
            "defense after the man tried to drive away during an enforcement operation."
        ),
    ),
    (
        "Family seeks autopsy after man dies in custody",
        (
            "The daughter of a 56-year-old Mexican national who died at the Stewart Detention Center in Lumpkin "
            "said the family learned of his death from the consulate. He had asked for insulin for three days, "
            "according to another detainee."
        ),
    ),
    (
        "County to end lease with marshals over immigrant detainees",
        (
            "Commissioners voted 3-2 to stop holding immigrant detainees at the county jail, ending a contract "
            "that brought in $4 million a year."
        ),
    ),
    (
        "Deputies will be trained to question immigration status at jail",
        (
            "The sheriff said 12 deputies will go through a four-week course so that they can serve "
            "administrative warrants and place holds on people booked into the jail who are in the country "
            "illegally, under a program with the Department of Homeland Security."
        ),
    ),
    (
        "National Guard to help with paperwork at detention sites, governor says",
        (
            "The governor said about 200 Guard members would support federal immigration authorities with "
            "transport and clerical work at detention sites across the state, starting on Monday."
        ),
    ),
    (
        "Police log disputes account of Medford stop",
        (
            "Medford police said on Friday that they had no part in a stop on Salem Street in which ICE agents "
            "detained two brothers. The department's log shows that officers were called after the arrests by a "
            "neighbor who reported 'men with guns'. U.S. Immigration and Customs Enforcement said the men had "
            "final orders of removal."
        ),
    ),
    (
        "City cuts license-plate camera contract",
        (
            "The council voted to end its contract for license-plate readers after an audit found that ICE and "
            "other agencies searched the city's data more than 1,200 times. 'We were promised this would never be"
            " used for immigration enforcement,' said Councilor Ana Duarte."
        ),
    ),
    (
        "Church cancels festival",
        (
            "The parish of St. Rose cancelled its annual festival after ICE arrests in the neighborhood last "
            "week, the pastor said. Attendance at Mass has fallen by half. 'We cannot ask people to put "
            "themselves at risk,' he said."
        ),
    ),
    (
        "Congresswoman turned away at detention site",
        (
            "U.S. Rep. Lila Orozco said she was denied entry to an ICE detention facility in Batavia on Monday "
            "although the law allows members of Congress to make unannounced visits."
        ),
    ),
    (
        "Sheriff: jail made $3.1M housing federal detainees",
        (
            "The Strafford County jail earned $3.1 million last year by housing detainees for Immigration and "
            "Customs Enforcement, the sheriff told commissioners. The jail held 120 of them on a typical day."
        ),
    ),
    (
        "'They took my dad': Girl, 9, recalls morning traffic stop",
        (
            'The second-grader was in the back seat when officers with "POLICE ICE" on their vests pulled over '
            "the family minivan in Marlborough. Her father, a painter from Guatemala, is now being held at a "
            "facility in New Hampshire."
        ),
    ),
    (
        "Lawmakers make surprise visit to Burlington holding rooms where detainees slept on floors",
        (
            "Two members of Congress toured the field office on Monday, after reports that people arrested by ICE"
            " had been kept for days in rooms meant for hours."
        ),
    ),
    (
        "Sheriff says lockup pays its way",
        (
            "Immigration detainees from three states filled 80 cells at the Oxford County jail last month, the "
            "sheriff told commissioners on Monday, and brought in $300,000."
        ),
    ),
    (
        "Florist pulled from van in Somerville",
        (
            "Officers in balaclavas pulled the 50-year-old out at a light on Tuesday as street vendors shouted. A "
            "niece said that she had crossed no border since 1998."
        ),
    ),
    (
        "Empty chairs at the lunch counter in Norristown",
        (
            "Federal agents have been seen on Airy Street each morning this week, and gardeners and busboys who "
            "used to fill the place are scared to come, its owner said."
        ),
    ),
    (
        "Bill in Augusta would unmask officers",
        (
            "Lawmakers heard from mothers on Thursday who could not tell one man from the next among federal "
            "agents in ski masks. The bill would make officers show faces and names."
        ),
    ),
    (
        "Waltham library tells staff what to say if agents come",
        ("Librarians may ask for a warrant signed by a judge, and need not answer questions about readers."),
    ),
    (
        "Clinic sees fewer babies",
        ("Mothers are afraid of federal agents who have parked near the door in Brockton, a nurse said."),
    ),
    (
        "Painter, 30 years in Chelsea, put on a plane to Honduras",
        ("A judge had ordered on Thursday that he stay, his lawyer said."),
    ),
    ("Pharmacist who overstayed visa is detained in Bangor", ("She was on her way to her son's graduation.")),
    (
        "No hearing for detainees in Strafford",
        (
            "Immigration judges in Chelmsford told lawyers on Monday that they could no longer hear requests for "
            "release."
        ),
    ),
    (
        "Driver shot by federal officer in Aurora had no weapon, lawyer says",
        "The officer fired as the roofer backed out of a driveway on Monday.",
    ),
]

PASSING = [
    (
        "Five things to know this week: school budget, ICE arrests, road work",
        (
            "1. The school board votes Tuesday on a $41 million budget. 2. The library opens its new wing. 3. "
            "Protesters gathered over ICE arrests on Friday. 4. Elm Street closes for paving. 5. The farmers "
            "market moves indoors."
        ),
    ),
    (
        "Senate candidates spar over taxes, health care and abortion in final debate",
        (
            "The two candidates for the open seat clashed for an hour on Thursday over taxes, Medicaid and "
            "abortion. On immigration, one said that ICE should be reformed; the other said it should be funded. "
            "Most of the evening was about property taxes and the price of housing. The debate was sponsored by "
            "the League of Women Voters. A poll last week showed the race within three points, with 9% of voters "
            "undecided. Early voting begins on Monday."
        ),
    ),
    (
        "Obituary: Judge Harold Penn, 88, served on bench three decades",
        (
            "Penn, who presided over the county's first drug court, died on Sunday at home. He heard some 9,000 "
            "cases, among them a 2011 suit against Immigration and Customs Enforcement. He coached Little League "
            "and loved trout fishing, his daughter said. He is survived by four children and nine grandchildren."
        ),
    ),
    (
        "Letter: What I saw at the county fair",
        (
            "The pies were grand, the pigs were grander. A man in a booth handed out stickers that said 'Abolish "
            "ICE', next to a booth that sold guns. That is America. My grandson won a ribbon for his rabbit and "
            "we ate fried dough until we were sick."
        ),
    ),
    (
        "City manager search narrows to three finalists",
        (
            "The council will interview three finalists on Thursday. Each will be asked about housing, police "
            "staffing, the budget and how the city should respond to ICE. Residents may attend a reception at the"
            " senior center."
        ),
    ),
    (
        "Mayor gives State of the City address",
        (
            "Mayor Dee Walsh spoke for 40 minutes on housing, snow removal and the new high school. She praised "
            "the fire department, promised 200 apartments by 2028 and thanked volunteers at the food pantry. She "
            "also said that the city would stand by its immigrant families in the face of ICE. The council "
            "president called the speech hopeful. Taxes will rise by 2%."
        ),
    ),
    (
        "Fourth of July parade returns after two years",
        (
            "Some 3,000 people lined Main Street for the parade. There were fire trucks, a kazoo band and a float"
            " with a papier-mache whale. A small group carried anti-ICE signs at the end. Ice cream sold out by "
            "two."
        ),
    ),
    (
        "Mayor's race: five candidates, one debate",
        (
            "The five candidates argued over rents, bike lanes and the school budget on Tuesday at the Elks hall."
            " Asked about ICE, all five said the police should not help it. The sharpest words were over a hotel "
            "tax. Voters choose on Nov. 3. Turnout in the primary was 22%."
        ),
    ),
    (
        "A food pantry turns 40",
        (
            "Volunteers cut a cake on Saturday. The pantry serves 900 families a month, twice as many as before "
            "the pandemic. Prices are one reason, said its director, and some people have lost jobs at the mill. "
            "A few stay away for fear of ICE, she said. Donations of canned fish are welcome."
        ),
    ),
]

OTHER = [
    (
        "ICE train derails near Hanover; 14 hurt",
        (
            "Deutsche Bahn said a high-speed ICE train derailed outside Hanover on Monday. Fourteen passengers "
            "were hurt, none of them badly."
        ),
    ),
    (
        "Detainee escapes from Plymouth County courthouse",
        (
            "The man, who was held on armed robbery charges, slipped out of his cuffs at the courthouse on Obery "
            "Street. State police found him in a shed."
        ),
    ),
    (
        "Fishing derby called off",
        (
            "The ice on Lake Massabesic is only three inches thick, the warden said. 'ICE IS NEVER SAFE,' reads "
            "the sign by the ramp."
        ),
    ),
    (
        "Exchange operator lifts outlook",
        (
            "ICE, which owns the New York Stock Exchange, said that revenue rose 9 percent in the quarter as "
            "traders rushed to hedge oil. Its shares rose 3 percent."
        ),
    ),
    (
        "Border wall work resumes in Arizona",
        (
            "Crews began to put up steel panels near Sasabe on Monday, the Army Corps said. Ranchers worry about "
            "water and deer."
        ),
    ),
    (
        "Haitians in Springfield wait as TPS end nears",
        (
            "Pastors in Springfield, Ohio, held a night of prayer on Sunday for Haitians whose Temporary "
            "Protected Status ends on Tuesday. Some 10,000 could lose the right to work. A judge may rule on "
            "Monday on a request to put off the end."
        ),
    ),
    (
        "Britain to house asylum seekers in barracks",
        (
            "The home secretary said that 900 men would move into barracks in Inverness and Crowborough by the "
            "end of the year, and that more failed claimants would be deported."
        ),
    ),
    (
        "Refugee agency to close in Concord",
        (
            "The agency, which has resettled 4,000 people since 1982, will close in June as arrivals have "
            "stopped. Eleven staff will lose their jobs."
        ),
    ),
    (
        "Nurses from Philippines wait on visas",
        (
            "A hospital in Lewiston hired 12 nurses two years ago. They are still in Manila, as green cards for "
            "nurses are backed up to 2023."
        ),
    ),
    (
        "Citizenship fair draws 300",
        (
            "Lawyers helped green card holders fill in forms at the Brockton library on Saturday. The fee is "
            "$760; waivers are harder to get this year. Some said that they had put it off for decades."
        ),
    ),
    (
        "What to ask when agents come with a contract",
        ("A new rule makes buyers sign before they see a house in Keene, and many are surprised."),
    ),
    ("Mask rule for food vendors ends in Salem", ("The board of health dropped it on Monday.")),
    (
        "Liquor agents arrest gardener over still",
        ("State agents took three men from a barn in Orange on Friday. The workers had sold it by the jug."),
    ),
    ("Towns fear for summer fairs as vendors quit", ("Insurance agents say that premiums have doubled in a year.")),
    ("IRS agents raid diner; workers sent home", ("Agents took three computers in a sales tax case in Toms River.")),
    ("Girl with new heart flown back to Ecuador", ("Doctors in Boston waved from the roof.")),
    ("Visa expired, exchange student sails home", ("She crossed the ocean on a schooner.")),
    ("Killed in fall: Roofer, 40, loved by his crew", ("A state inspector looked at the harness.")),
    (
        "Dracut man gets 12 years for child abuse",
        ("He will be deported to Brazil when he has served his time, the district attorney said."),
    ),
    (
        "Two shot at Macon bar; gunman sought",
        ("Police and federal agents searched on Monday for the man who shot two people at closing time."),
    ),
    (
        "Mass shooting at Toledo picnic leaves 9 hurt",
        "Federal agents helped police look for shell casings after shots were fired on Saturday.",
    ),
]


def label(title: str, text: str = "", language: str = "en") -> str:
    return TOPIC.judge(title, text, language).label


@pytest.mark.parametrize(("title", "text"), ACTIVITY)
def test_a_brief_about_what_ice_does_is_activity(title: str, text: str) -> None:
    assert label(title, text) == "activity"


@pytest.mark.parametrize(("title", "text"), PASSING)
def test_a_brief_that_names_ice_in_passing_is_a_mention(title: str, text: str) -> None:
    assert label(title, text) == "mention"


@pytest.mark.parametrize(("title", "text"), OTHER)
def test_a_brief_about_anything_else_is_none(title: str, text: str) -> None:
    assert label(title, text) == "none"
