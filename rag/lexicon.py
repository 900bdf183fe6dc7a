"""Words that rules do not reach: stop words, months, broken plurals, endings that are the word's own. Data only."""

from __future__ import annotations

from typing import Final

STOP_WORDS: Final = frozenset(
    "من في على إلى عن مع هل ما ماذا متى أين كيف كم لماذا أي أية من هو هي هم هذا هذه ذلك تلك التي الذي "
    "الذين اللذين اللتين أن إن كان كانت يكون تكون قد لقد ثم أو أم بل لكن حتى منذ بين عند لدى كل بعض غير "
    "سوى لا لم لن ليس ليست وقد وهو وهي كما مما عما ممن فيها فيه منها منه عليها عليه إليها إليه بها به لها "
    "له لهم أما إذا إذ لو حيث هنا هناك و ف ب ك ل س وفي ومن وعلى وإلى وعن وأن وإن ولا ولم ولن وما وكان وكانت "
    "the a an of in on at to for from by with and or but not no is are "
    "was were be been being do does did has have had it its this that these those there here who whom "
    "whose which what when where why how many much will would can could should may might must as than "
    "then so if into over under about after before between during he she they them his her their we our "
    "you your i my me us s t".split()
)
"""Words that say nothing about a subject, as they are spelt."""

# The names of each month from January on: English, then those of Egypt and the Gulf, the Levant and Iraq, Morocco,
# Tunisia and Algeria.
_MONTHS: Final = (
    "january jan | يناير كانون_الثاني جانفي",
    "february feb | فبراير شباط فيفري",
    "march mar | مارس آذار",
    "april apr | أبريل إبريل نيسان أفريل",
    "may | مايو أيار ماي",
    "june jun | يونيو يونيه حزيران جوان",
    "july jul | يوليو يوليوز يوليه تموز جويلية",
    "august aug | أغسطس آب غشت أوت",
    "september sep sept | سبتمبر أيلول شتنبر",
    "october oct | أكتوبر تشرين_الأول",
    "november nov | نوفمبر تشرين_الثاني نونبر",
    "december dec | ديسمبر كانون_الأول دجنبر",
)

MONTHS: Final[dict[str, int]] = {
    name.replace("_", " "): number
    for number, names in enumerate(_MONTHS, start=1)
    for name in names.replace("|", " ").split()
}
"""Name of a month, as it is spelt, lower case → 1 to 12."""

AMBIGUOUS_MONTHS: Final = frozenset(
    "may march mar jan jun aug sep dec oct nov feb apr jul sept آب نيسان مارس ماي أوت جوان شباط آذار تموز".split()
)
"""Month names that are words or names of their own too: they count only beside a day, a year or the word "month"."""

# Singular: plurals that no ending tells. Where a plural belongs to two words, the one that news use is named.
_BROKEN_PLURALS: Final = """
وزير: وزراء | رئيس: رؤساء | زعيم: زعماء | قائد: قادة قواد | سفير: سفراء | أمير: أمراء | ملك: ملوك | حاكم: حكام
نائب: نواب | قاض: قضاة | مدير: مدراء | شريك: شركاء | خبير: خبراء | عالم: علماء | طبيب: أطباء | عضو: أعضاء
طالب: طلاب طلبة | تلميذ: تلاميذ | أستاذ: أساتذة | شاعر: شعراء | عامل: عمال | تاجر: تجار | جندي: جنود
ضابط: ضباط | خصم: خصوم | عدو: أعداء | حليف: حلفاء | صديق: أصدقاء | قتيل: قتلى | جريح: جرحى | أسير: أسرى | مريض: مرضى
رهينة: رهائن | ضحية: ضحايا | شهيد: شهداء | طفل: أطفال | رجل: رجال | ولد: أولاد | شاب: شباب شبان | أب: آباء
امرأة: نساء نسوة | أسرة: أسر | فرد: أفراد | شخص: أشخاص | شعب: شعوب | قبيلة: قبائل | حزب: أحزاب | لجنة: لجان
مجلس: مجالس | دولة: دول | مدينة: مدن | قرية: قرى | بلد: بلدان | عاصمة: عواصم | منطقة: مناطق | إقليم: أقاليم
حي: أحياء | شارع: شوارع | طريق: طرق طرقات | جسر: جسور | سد: سدود | نهر: أنهار | بحر: بحار | جبل: جبال | جزيرة: جزر
ساحل: سواحل | شاطئ: شواطئ | ميناء: موانئ | بئر: آبار | حقل: حقول | منجم: مناجم | مصنع: مصانع | معمل: معامل
منزل: منازل | بيت: بيوت | مبنى: مبان مباني | برج: أبراج | فندق: فنادق | مسجد: مساجد | كنيسة: كنائس | معبد: معابد
متحف: متاحف | مسرح: مسارح | مدرسة: مدارس | مركز: مراكز | مكتب: مكاتب | محكمة: محاكم | سجن: سجون | مصرف: مصارف
بنك: بنوك | سوق: أسواق | متجر: متاجر | سعر: أسعار | سهم: أسهم | ربح: أرباح | مال: أموال | قرض: قروض | عقد: عقود
ضريبة: ضرائب | رسم: رسوم | سلعة: سلع | بضاعة: بضائع | مشروع: مشاريع | خطة: خطط | برنامج: برامج | هدف: أهداف
سبب: أسباب | نتيجة: نتائج | حل: حلول | شرط: شروط | حق: حقوق | حكم: أحكام | قانون: قوانين | دستور: دساتير
جريمة: جرائم | تهمة: تهم | قضية: قضايا | وثيقة: وثائق | تقرير: تقارير | خبر: أخبار | صحيفة: صحف | رسالة: رسائل
كتاب: كتب | قصة: قصص | فيلم: أفلام | صورة: صور | صوت: أصوات | رقم: أرقام | لغة: لغات | فكرة: أفكار | رأي: آراء
حرب: حروب | معركة: معارك | جيش: جيوش | سلاح: أسلحة | صاروخ: صواريخ | قنبلة: قنابل | لغم: ألغام | سفينة: سفن
قارب: قوارب | مركب: مراكب | قطار: قطارات | رصيف: أرصفة | ملعب: ملاعب | ناد: أندية نوادي | فريق: فرق | لاعب: لاعبون
مباراة: مباريات | كأس: كؤوس | جائزة: جوائز | بطل: أبطال | رقاقة: رقائق | جهاز: أجهزة | خادم: خوادم | نموذج: نماذج
قمر: أقمار | كوكب: كواكب | نجم: نجوم | شجرة: أشجار | ثمرة: ثمار | بذرة: بذور | سمكة: أسماك | مرض: أمراض
دواء: أدوية | لقاح: لقاحات | عرض: أعراض | مورد: موارد | مصدر: مصادر | مادة: مواد | معدن: معادن | أثر: آثار
تمثال: تماثيل | حجر: أحجار حجارة | كارثة: كوارث | زلزال: زلازل | عاصفة: عواصف | حريق: حرائق | مطر: أمطار
موسم: مواسم | يوم: أيام | أسبوع: أسابيع | شهر: أشهر شهور | عام: أعوام | سنة: سنوات سنين | قرن: قرون | دقيقة: دقائق
ألف: آلاف | مئة: مئات | مليون: ملايين | مليار: مليارات | جهد: جهود | قيد: قيود | دور: أدوار | فائدة: فوائد
موظف: موظفون | وظيفة: وظائف | نظام: أنظمة نظم | وسيلة: وسائل | حد: حدود | خط: خطوط | نفق: أنفاق | باب: أبواب
جسم: أجسام | خلية: خلايا | جين: جينات | دين: أديان | درس: دروس | منهج: مناهج | علم: علوم | فن: فنون | لاجئ: لاجئون
"""

BROKEN_PLURALS: Final[dict[str, str]] = {
    plural: singular.strip()
    for line in _BROKEN_PLURALS.strip().splitlines()
    for singular, plurals in (entry.split(":") for entry in line.split("|"))
    for plural in plurals.split()
}
"""Arabic plural → its singular, as they are spelt."""

IRREGULAR: Final[dict[str, str]] = {
    form: entry.split()[0]
    for entry in (
        "man men | woman women | child children | foot feet | tooth teeth | life lives | wife wives | crisis crises | "
        "say said | tell told | buy bought | sell sold | win won | lose lost | rise rose risen | fall fell fallen | "
        "grow grew grown | begin began begun | become became | lead led | hold held | make made | pay paid | "
        "keep kept | meet met | give gave given | take took taken | go went gone | find found | build built | "
        "send sent | spend spent | speak spoke spoken | write wrote written | break broke broken | "
        "choose chose chosen | fly flew flown | know knew known | run ran | bring brought | teach taught | "
        "think thought | seek sought | fight fought | catch caught | die died dying | strike struck"
    ).split("|")
    for form in entry.split()[1:]
}
"""English irregular form → its plain one."""

WHOLE_WORDS: Final = frozenset(
    (
        "لبنان سودان إيران يابان باكستان أفغانستان كازاخستان أوزبكستان عثمان سليمان رمضان سلمان شعبان عدنان مروان "
        "رضوان طالبان برلمان مهرجان إنسان ميدان عنوان سلطان نيسان حزيران سرطان بركان طوفان إعلان بنيان عدوان غليان "
        "شريان بستان فستان حيوان ديوان برلين فلسطين تشرين بوتين ياسين حسين بحرين لينين ستالين تمرين تأمين تعيين "
        "تحسين تكوين تموين قانون تلفزيون مليون كانون زيتون صابون تريليون بليون هارون أفلاطون نابليون اثنان اثنين "
        "هوية كرسي بكين"
    ).split()
)
"""Words whose end looks like an inflection and is none."""

WAW_WORDS: Final = tuple(
    (
        "وزار وكال ولاي وثيق وظيف وسيل وساط وفا واقع وارد واجب واشنطن والد ولاد وديع واجه وصول وصي وضع وحد وجب ورش "
        "وقود وثائق وظائف وسائل وقائع وزير وزراء وطن ورق وسط وباء وكيل وعي وقف وفد ولاء واسع واضح وحيد وريث وفير"
    ).split()
)
"""Beginnings of words whose first letter looks like "and" and is their own."""
