"""What grows and lies at one's feet: flowers, leaves, tufts, stones, reeds by the water."""

from ganatlas.worlds.scenes.attributes import Biome, Season, Semantic, Water
from ganatlas.worlds.scenes.canvas import Canvas, Paint
from ganatlas.worlds.scenes.dice import Dice
from ganatlas.worlds.scenes.materials import Material
from ganatlas.worlds.scenes.palette import BLOSSOM, FOLIAGE, Colour, mix, scale
from ganatlas.worlds.scenes.plan import Plan


def paint_undergrowth(canvas: Canvas, plan: Plan, dice: Dice) -> None:
    """Flowers, reeds, tufts and stones on the ground in front."""
    attributes, mood = plan.attributes, plan.mood
    biome, season = attributes.biome, attributes.season
    if attributes.water is Water.LAKE:
        if biome is not Biome.DESERT or dice.chance(0.5):
            _reeds(canvas, plan, dice)
        return
    top = (plan.shore or 0) + 4 if attributes.water is Water.SEA else attributes.horizon + 9
    plant = canvas.brush(Semantic.PLANT)
    if season in (Season.SPRING, Season.SUMMER) and biome in (Biome.MEADOW, Biome.MOUNTAIN, Biome.FOREST, Biome.DESERT):
        tones = [dice.pick(BLOSSOM) for _ in range(2)]
        many = {Season.SPRING: 34, Season.SUMMER: 12}[season] // (1 if biome is Biome.MEADOW else 2)
        for _ in range(many):
            x, y = dice.between(0, 64), dice.between(top, 64)
            size = 0.34 + 0.5 * (y - top) / (64 - top)
            plant.ellipse(x, y, size, size, mood.lit(dice.pick(tones)))
    if season is Season.AUTUMN and biome in (Biome.FOREST, Biome.MEADOW):
        for _ in range(20):
            x, y = dice.between(0, 64), dice.between(top, 64)
            plant.ellipse(x, y, 0.6, 0.4, mood.lit(dice.pick(FOLIAGE[Season.AUTUMN])))
    if biome in (Biome.MOUNTAIN, Biome.DESERT, Biome.COAST):
        for _ in range(dice.whole(2, 4)):
            x, y, size = dice.between(0, 64), dice.between(top + 2, 64), dice.between(0.8, 2.2)
            grey_rock: Colour = (150, 148, 152) if biome is not Biome.DESERT else (188, 132, 92)
            outline = [(x - size, y), (x - size * 0.5, y - size), (x + size * 0.5, y - size * 0.8), (x + size, y)]
            canvas.brush(Semantic.ROCK).polygon(
                outline, Paint(mood.lit(grey_rock, 0, 1), mood.lit(grey_rock, 0, -1), Material.ROCK)
            )
    tuft = mood.lit(mix(FOLIAGE[season][0], (120, 110, 80), 0.35) if season is not Season.WINTER else (176, 168, 150))
    for _ in range(dice.whole(3, 7)):
        x, y = dice.between(0, 64), dice.between(top + 3, 65)
        for lean in (-0.8, 0.0, 0.8):
            plant.line([(x, y), (x + lean, y - dice.between(1.2, 2.4))], 0.34, tuft)


def _reeds(canvas: Canvas, plan: Plan, dice: Dice) -> None:
    """Clumps of reeds in a lower corner."""
    mood, season = plan.mood, plan.attributes.season
    plant = canvas.brush(Semantic.PLANT)
    green: Colour = {Season.SPRING: (118, 172, 82), Season.SUMMER: (84, 134, 68), Season.AUTUMN: (196, 150, 76)}.get(
        season, (196, 184, 150)
    )
    wetland = plan.attributes.biome is Biome.WETLAND
    for _ in range(dice.whole(2, 4) if wetland else 1):
        corner = dice.pick((dice.between(0, 16), dice.between(48, 64)))
        for _ in range(9):
            x, y = corner + dice.between(-5, 5), dice.between(63, 66)
            tip = (x + dice.between(-1.5, 1.5), y - dice.between(4, 11 if wetland else 7))
            plant.line([(x, y), tip], 0.5, mood.lit(scale(green, dice.between(0.75, 1.1))))
            if dice.chance(0.35):
                plant.line([tip, (tip[0], tip[1] + 2)], 0.9, mood.lit((124, 82, 52)))
