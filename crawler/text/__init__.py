"""Words, sentences, dates, addresses, charsets, data files: read one way by all."""

from crawler.text.characters import joined_halves, numbers_mended, read_once, text_only, unescaped
from crawler.text.charset import decoded, parse
from crawler.text.data import DataTable, read_data
from crawler.text.foreign_json import JSON_DECODER
from crawler.text.moments import Moment, moment, moments_in, stored
from crawler.text.page_ids import is_renamed, page_address
from crawler.text.plaintext import UNSTORABLE, absolute, plain, visible
from crawler.text.searched import is_initials, printed, search_words, spans_of_words, word_spans
from crawler.text.sites import ascii_host, registered_name, same_site, site
from crawler.text.tokens import WORD, fold, folded_words, sentence_spans, sentences, words
from crawler.text.urls import canonical_url, is_dressed, is_web_address, link_url, unwrapped

__all__ = [
    "JSON_DECODER",
    "UNSTORABLE",
    "WORD",
    "DataTable",
    "Moment",
    "absolute",
    "ascii_host",
    "canonical_url",
    "decoded",
    "fold",
    "folded_words",
    "is_dressed",
    "is_initials",
    "is_renamed",
    "is_web_address",
    "joined_halves",
    "link_url",
    "moment",
    "moments_in",
    "numbers_mended",
    "page_address",
    "parse",
    "plain",
    "printed",
    "read_data",
    "read_once",
    "registered_name",
    "same_site",
    "search_words",
    "sentence_spans",
    "sentences",
    "site",
    "spans_of_words",
    "stored",
    "text_only",
    "unescaped",
    "unwrapped",
    "visible",
    "word_spans",
    "words",
]
