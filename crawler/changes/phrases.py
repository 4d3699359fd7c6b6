"""The words by which news says that something has happened to people or by institutions, in English and Spanish.

A line is one way to say it, in folded words; "~4" stands for up to four words between, a name in capitals for one of
its words below.
"""

import re

_NAMED = {
    "COURT": "judges?|court|justices|magistrate|appeals panel",
    "JUEZ": "juez|jueza|tribunal|corte",
    "AGENCY": "ice|dhs|hsi|homeland security|customs enforcement|border patrol|the agency|agency spokes[a-z]+",
    "COUNCIL": "council|councilors|commission|commissioners|supervisors|legislature|lawmakers|aldermen|selectmen|"
    "trustees|school board|concejo",
    "CROWD": "people|students|hundreds|dozens|thousands|residents|neighbou?rs|protesters|activists|advocates|teachers|"
    "families|town|city|community|crowds?|vecinos|estudiantes|cientos|decenas",
    "PROSECUTION": "state|prosecutors?|county|authorities|police|feds|attorney general|grand jury",
    "SUIT": "lawsuits?|suit|petitions?|complaint|class[- ]action|habeas|demanda|recurso",
    "DEAL": "contract|agreement|deal|cooperation|partnership",
    "JAIL": "detention|facility|jail|prison|center|processing|another|louisiana|texas|out of state|centro|carcel",
}

# What has just happened.
HAPPENED = {
    "release": """
        released|freed|releases|frees
        (?:is|was|were|been|are) home
        (?:back|returns?|returned) home (?:after|from)
        set free
        walk(?:s|ed) free
        reunited with (?:his|her|their)
        (?:out of|leaves|left|no longer in) (?:ice|immigration|federal) (?:custody|detention)
        out on (?:bond|bail)
        (?:walks|walked|let|lets) ~1 out of ~3 (?:custody|detention|jail|prison)
        (?:ice|judge|agents|authorities|officials) lets? ~3 go
        back with (?:(?:his|her|their) )?(?:family|wife|husband|children|kids|parents)
        regains ~1 freedom|comes home|paroled
        recupera (?:su|la) libertad|(?:vuelve|volvio|regresa|regreso) a casa
        liberad[oa]s?|liberan|liberaron
        (?:puest[oa]s?|dejad[oa]s?|dejan|dejaron|sale|salio|queda|quedo) en libertad""",
    "bond": """
        (?:grants?|granted|sets?|approves?|approved|posts?|posted|paid) ~4 (?:bond|bail)
        (?:bond|bail) (?:was |is |has been )?(?:granted|set|posted|approved)
        (?:released|freed|out) ~2 on ~3 (?:bond|bail)
        (?:gets?|got|wins|won|receives|received) ~3 (?:bond|bail)
        (?:fijo|fija|concede|concedio|otorgo|pago|pagar|impuso) ~2 fianza""",
    "no bond": """
        (?:denies|denied|refuses|refused) ~4 (?:bond|bail)
        (?:bond|bail) (?:was |is |request )?denied
        held without (?:bond|bail)
        (?:niega|nego) ~2 fianza""",
    "charge": """
        (?<!in )charged(?! (?:that|toward|into|at|up)\\b)
        indict(?:s|ed)|arraigned
        (?:faces?|facing|files?|filed|brings?|brought) ~3 charges
        charges (?:were |are )?filed
        (?:PROSECUTION) charges? ~4 (?:agents?|officers?|m[ae]n|wom[ae]n|drivers?|owners?|protesters?|students?|with)
        presentaron cargos
        imputad[oa]s?""",
    "dismissal": """
        (?:charges?|case|indictment) (?:against )?~4 (?:dropped|dismissed)
        (?:drops|dropped|dismisses|dismissed) ~3 (?:charges?|case|indictment)
        (?:declines|declined|refuses|refused|decides? not|decided not) to (?:indict|charge|prosecute)
        (?:will|would) not (?:be charged|face charges)
        retiraron los cargos""",
    "plea": """
        (?:pleads|pleaded|pled) (?:not )?(?:guilty|no contest)
        se declaro (?:no )?culpable""",
    "verdict": """
        convicted|convicts|acquits|acquitted
        found (?:not )?guilty|mistrial declared
        declarad[oa]s? culpables?
        absuelt[oa]s?""",
    "sentence": """
        sentenced
        condenad[oa]s? a""",
    "deportation": """
        (?<!self )(?<!self-)deported|deports
        deportad[oa]s?|deportan|deportaron
        self-deports|self-deported|sent back to|removed from the (?:country|united states|u.s)
        (?:boarded|put on|placed on) a (?:[a-z]+ )?(?:plane|flight) to""",
    "transfer": """
        (?:transferred|moved|flown|sent|transfers|moves) ~3 to ~4 (?:JAIL)
        transferred out of
        taken to (?:louisiana|texas|another state)
        trasladad[oa]s? a ~4 (?:JAIL)
        trasladan a""",
    "death": """
        dies|died|found dead|pronounced dead
        (?:was|were) (?:shot and )?killed
        murio|muere|fallece|fallecio""",
    "cause": """
        (?:rules|ruled|determined) ~12 (?:homicide|suicide)
        autopsy(?: report)?:
        autopsy ~3 (?:found|finds|shows?|showed|reveals?|revealed|rules)
        autopsia (?:revela|revelo|determina|determino)""",
    "hospital": """
        hospitali[sz]ed|hospitalizad[oa]s?|hospitalizan
        (?:taken|rushed|airlifted) to ~3 hospital""",
    "identity": """
        (?:is|was|were|been|has|have) identified
        (?:identified|identifies|identify) ~8 as
        identified$
        names? (?:the )?(?:[a-z]+ )?(?:man|woman|driver|detainee|victim|agent|officer) (?:who|killed|shot|found)
        identificad[oa]s? como""",
    "removal order": """
        (?:COURT) ~3 (?:orders|ordered) ~4 (?:deported|deportation|removed|removal)""",
    "ruling": """
        (?:COURT) ~4 (?:orders?|ordered|blocks?|blocked|halts?|halted|bars|barred|grants?|granted|ruled|stops)
        (?:COURT) (?:in [a-z]+ )?rules
        (?:COURT) ~4 (?:stopped|pauses|paused|lifts|lifted|strikes|struck|sides|sided|allows|allowed|extends|extended)
        (?:ordered|blocked|halted|barred|granted|released|freed) by ~4 (?:COURT)
        (?:JUEZ) ~3 (?:ordena|ordeno|bloquea|bloqueo|fallo|falla|concede|concedio|otorga|otorgo|suspende|suspendio)
        (?:JUEZ) ~3 (?:prohibe|prohibio|dictamina|dictamino|frena|freno)""",
    "refusal": """
        (?:COURT) ~4 (?:denies|denied|rejects?|rejected|dismisses|dismissed|declines|declined|refuses|refused|upholds)
        (?:denied|rejected|dismissed|upheld) by ~4 (?:COURT)
        (?:JUEZ) ~3 (?:niega|nego|rechaza|rechazo|desestimo)""",
    "lawsuit": """
        sues|sued
        sue (?:over|ice|dhs|to|after|for|the|trump|federal)
        (?:file|files|filed) ~5 (?:SUIT)
        (?:SUIT) (?:was |is |were )?filed
        (?:lawsuit|suit|petition|complaint|demanda) (?:says|alleges|accuses|claims|seeks|challenges|acusa)
        (?:takes|took) legal action
        (?:presento|presentaron|presenta|interpuso) ~3 (?:demanda|recurso)""",
    "protest": """
        protested|rallied|marched|demonstrated|walked out
        (?:CROWD) ~3 (?:protest|rally|march|walk out|gather|gathers|gathered|demonstrate|rallies)
        (?:held|hold|holds) ~4 (?:vigil|rally|protest|march|demonstration)
        (?:vigil|rally|protest|walkout|march) (?:was held|drew|draws|took place|brings|fills|filled)
        protestaron|protestan|marcharon|marchan|manifestaron""",
    "decision": """
        (?:COUNCIL) ~4 (?:voted|votes|adopts|adopted|approves|approved|passes|passed|bans|banned|enacts|enacted)
        (?:COUNCIL) ~4 (?:rejects|rejected|aprobo|aprueba)
        (?:COUNCIL) ~4 (?:ends|ended|terminates|terminated|cancels|canceled|suspends|suspended|restricts|restricted)
        (?:mayor|governor|gobernadora?|alcalde|alcaldesa) ~4 (?:signs|signed|vetoes|vetoed|firmo|firma)
        (?:mayor|governor|sheriff) ~4 (?:bars|barred|bans|banned|orders|ordered|issues|issued)
        (?:county|city|town|state|sheriff|police) ~1 (?:ends|ended|terminates|terminated|cancels|canceled) ~4 (?:DEAL)
        (?:bill|ordinance|resolution|measure|ban) ~2 (?:passes|passed|fails|failed|signed|adopted|approved)""",
    "inquiry": """
        (?:placed|put) on ~2 leave
        (?:was|were) fired (?:from|by|after|over)
        resigns|resigned
        (?:launches|launched|opens|opened|begins|began|orders|ordered) ~4 (?:investigation|inquiry|probe)
        (?:fbi|police|sheriff|prosecutors?|attorney general|inspector general) ~2 (?:investigates|investigating)""",
    "confirmation": """
        (?:AGENCY) ~4 (?:confirmed|confirms|acknowledged|acknowledges|admitted|admits)""",
    "denial": """
        (?:AGENCY) ~3 (?:denied|denies|disputes|disputed)""",
    "reopening": """
        reopen(?:s|ed)|reabre|reabrio|reabrieron""",
    "arrest": """
        arrests|arrested|detains|detained
        taken into custody
        (?:detenid|arrestad)[oa]s?|detienen?|detuvieron|arrestan|arrestaron""",
}

# What an earlier report may say of the same besides: enough for it not to be new.
TOLD = {
    "release": "reunited|(?:following|after|before|since) (?:his|her|their) release|bail(?:ed)? out",
    "bond": "(?:bond|bail) of|on ~3 (?:bond|bail)|[$][0-9,]+ (?:bond|bail)|fianza de",
    "no bond": "without (?:bond|bail)",
    "charge": "charged|charges|indictments?|arraignment|cargos",
    "dismissal": "dropped|dismissed",
    "plea": "pleas?",
    "verdict": "conviction|guilty",
    "sentence": "sentences?",
    "deportation": "deported|deportations?",
    "transfer": "transferred|transfer|moved to|held (?:in|at)|trasladad[oa]s?",
    "death": "die[sd]?|dead|deaths?|kill(?:s|ed|ing|ings)|fatal|fatally|muri[a-z]+|muertes?|fallec[a-z]+",
    "cause": "homicide|suicide|cause of death",
    "hospital": "hospitals?|injur(?:ed|y|ies)|ambulance|hospital[a-z]+",
    "identity": "identified",
    "removal order": "order of removal|ordered (?:deported|removed)|(?:removal|deportation) orders?",
    "ruling": "injunctions?|restraining order|(?:court|judge's) orders?|rulings?",
    "refusal": "(?:COURT) ~6 (?:denied|rejected|dismissed|refused|upheld)",
    "lawsuit": "(?:SUIT)|sue[ds]?|suing|legal challenge|plaintiffs?",
    "protest": "protest[a-z]*|rall(?:y|ies|ied)|vigils?|march(?:ed|ers)|demonstrat[a-z]+|walk(?:ed)? ?outs?|vigilia",
    "decision": "voted|adopted|approved|passed|banned|enacted|signed",
    "inquiry": "investigat[a-z]+|on leave|resigned|inquiry|probe",
    "confirmation": "(?:AGENCY) ~6 (?:said|says|told|wrote|stated|identified|statement|posted)"
    "|(?:said|according to) ~4 (?:AGENCY)|confirmed",
    "denial": "denied|denies|disputed|disputes",
    "reopening": "open again",
    "arrest": "arrest[a-z]*|detain[a-z]*|detention|custody|held|seized|taken|raid(?:s|ed)?|detenid[oa]s?|detuv[a-z]+"
    "|redadas?",
}

# An agency's confirmation is news when the earlier reports say that there was none, or tell what somebody saw.
UNCONFIRMED = """
    (?:not|n't) (?:immediately |yet )?(?:be )?(?:respond(?:ed)?|comment(?:ed)?|confirm(?:ed)?|return(?:ed)?|reached)
    (?:declined|refused|declines) to (?:comment|confirm|say)
    unconfirmed|unclear|apparent|apparently|appear(?:s|ed|ing)? to (?:be|show)|reportedly|witness(?:es)?|neighbou?rs
    no respondio|no confirmo|testigos|vecinos"""

# What a court decided about.
ABOUT = {
    "release": "releas|free|libera",
    "bond": "bond|bail|fianza",
    "transfer": "transfer|mov(?:e|ing)|out of (?:the )?state",
    "deportation": "deport|remov",
    "arrests": "arrest|raid|stops",
    "troops": "guard|troops|deploy",
    "conditions": "condition|access|lawyers|visit",
}


def pattern(lines: str) -> re.Pattern[str]:
    """What any of the lines says, as whole words."""
    ways = [line.strip() for line in lines.split("\n") if line.strip()]
    joined = "|".join(ways)
    for name, said in _NAMED.items():
        joined = joined.replace(name, said)
    joined = re.sub(r"~(\d+) ?", r"(?:(?:[\\w$'.-]|,\\d)+ ){0,\1}?", joined)
    return re.compile(rf"(?<![\w$-])(?:{joined})(?![\w-])")
